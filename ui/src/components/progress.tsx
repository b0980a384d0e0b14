import { Label } from "react-aria-components/Label";
import { ProgressBar } from "react-aria-components/ProgressBar";

/** How far something is; `value` from 0 to 1. */
export function Progress({
  label,
  value,
  hideLabel = false,
}: {
  label: string;
  value: number;
  hideLabel?: boolean;
}) {
  return (
    <ProgressBar value={value} minValue={0} maxValue={1} className="flex flex-col gap-1.5">
      <Label className={hideLabel ? "sr-only" : "text-small text-muted"}>{label}</Label>
      <div className="h-1.5 overflow-hidden rounded-full bg-line">
        <div
          className="h-full w-full origin-left bg-accent transition-transform"
          style={{ transform: `scaleX(${value})` }}
        />
      </div>
    </ProgressBar>
  );
}
