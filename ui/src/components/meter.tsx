import { Label } from "react-aria-components/Label";
import { Meter as AriaMeter } from "react-aria-components/Meter";

const NEARLY = 0.9;

/** How much of something is used; `said` is that in words. Without a limit there is no bar. */
export function Meter({
  label,
  value,
  limit,
  said,
}: {
  label: string;
  value: number;
  limit: number | null;
  said: string;
}) {
  if (limit === null) {
    return (
      <p className="flex justify-between gap-4 text-small">
        <span>{label}</span>
        <span className="text-muted">{said}</span>
      </p>
    );
  }
  const share = limit > 0 ? Math.min(1, value / limit) : 1;
  return (
    <AriaMeter value={share} minValue={0} maxValue={1} valueLabel={said}>
      <div className="flex justify-between gap-4 text-small">
        <Label>{label}</Label>
        <span className="text-muted">{said}</span>
      </div>
      <div className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-line">
        <div
          className={`h-full w-full origin-left ${share >= NEARLY ? "bg-warn" : "bg-accent"}`}
          style={{ transform: `scaleX(${share})` }}
        />
      </div>
    </AriaMeter>
  );
}
