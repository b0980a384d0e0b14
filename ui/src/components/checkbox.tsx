import { Check } from "lucide-react";
import type { ReactNode } from "react";
import {
  CheckboxButton,
  CheckboxField,
  type CheckboxFieldProps,
} from "react-aria-components/Checkbox";
import { CheckboxGroup as AriaCheckboxGroup } from "react-aria-components/CheckboxGroup";
import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { LABEL } from "@/components/text-field";

export function Checkbox({
  children,
  ...props
}: Omit<CheckboxFieldProps, "children" | "className"> & { children: ReactNode }) {
  return (
    <CheckboxField {...props}>
      <CheckboxButton className="group flex min-h-8 cursor-pointer items-start gap-3 py-1 max-sm:min-h-11 max-sm:py-2.5 data-focus-visible:outline-none">
        <span
          aria-hidden
          className="mt-0.5 grid size-5 shrink-0 place-items-center rounded-small border border-control bg-raised text-accent-ink group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-accent group-data-invalid:border-bad group-data-selected:border-accent group-data-selected:bg-accent"
        >
          <Check className="size-4 opacity-0 group-data-selected:opacity-100" strokeWidth={3} />
        </span>
        <span>{children}</span>
      </CheckboxButton>
    </CheckboxField>
  );
}

/** Any of a few, by name. */
export function CheckboxGroup<Name extends string>({
  label,
  options,
  value,
  onChange,
  error,
}: {
  label: string;
  options: Partial<Record<Name, string>>;
  value: Name[];
  onChange: (names: Name[]) => void;
  error?: string;
}) {
  const entries = Object.entries(options) as [Name, string][];
  return (
    <AriaCheckboxGroup
      value={value}
      onChange={(names) => {
        onChange(names as Name[]);
      }}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className="flex flex-col gap-1"
    >
      <Label className={LABEL}>{label}</Label>
      {entries.map(([name, shown]) => (
        <Checkbox key={name} value={name}>
          {shown}
        </Checkbox>
      ))}
      <FieldError className="text-small text-bad">{error}</FieldError>
    </AriaCheckboxGroup>
  );
}
