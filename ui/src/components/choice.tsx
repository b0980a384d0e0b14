import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components/RadioGroup";
import { HINT, LABEL } from "@/components/text-field";

/** One of a few, each with a word of explanation; all are seen at once. */
export function Choice<Name extends string>({
  label,
  options,
  explain = {},
  value,
  onChange,
}: {
  label: string;
  options: Record<Name, string>;
  explain?: Partial<Record<Name, string>>;
  value: Name | null;
  onChange: (name: Name) => void;
}) {
  const entries = Object.entries(options) as [Name, string][];
  return (
    <RadioGroup
      value={value}
      onChange={(name) => {
        onChange(name as Name);
      }}
      className="flex flex-col gap-1.5"
    >
      <Label className={LABEL}>{label}</Label>
      {entries.map(([name, shown]) => (
        <RadioField key={name} value={name}>
          <RadioButton className="group flex min-h-8 cursor-pointer items-start gap-3 py-1 max-sm:min-h-11 max-sm:py-2.5 data-focus-visible:outline-none">
            <span
              aria-hidden
              className="mt-0.5 grid size-5 shrink-0 place-items-center rounded-full border border-control bg-raised group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-accent group-data-selected:border-accent"
            >
              <span className="size-2.5 rounded-full bg-accent opacity-0 group-data-selected:opacity-100" />
            </span>
            <span>
              {shown}
              {explain[name] && <span className={`block ${HINT}`}>{explain[name]}</span>}
            </span>
          </RadioButton>
        </RadioField>
      ))}
      <FieldError className="text-small text-bad" />
    </RadioGroup>
  );
}
