import { Check, ChevronDown } from "lucide-react";
import { Button } from "react-aria-components/Button";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Select as AriaSelect, SelectValue } from "react-aria-components/Select";
import { LABEL } from "@/components/text-field";

/** One of a few, by name. */
export function Select<Name extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: Record<Name, string>;
  value: Name;
  onChange: (name: Name) => void;
}) {
  const entries = Object.entries(options) as [Name, string][];
  return (
    <AriaSelect
      value={value}
      onChange={(key) => {
        onChange(key as Name);
      }}
      className="flex flex-col gap-1.5"
    >
      <Label className={LABEL}>{label}</Label>
      <Button className="flex h-11 w-full cursor-pointer items-center justify-between gap-2 rounded border border-control bg-raised px-3 text-left sm:h-10">
        <SelectValue>{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown aria-hidden className="size-4 text-muted" />
      </Button>
      <Popover className="w-(--trigger-width) rounded border border-line bg-raised p-1 shadow-high">
        <ListBox className="outline-none">
          {entries.map(([name, shown]) => (
            <ListBoxItem
              key={name}
              id={name}
              textValue={shown}
              className="group flex min-h-10 cursor-pointer items-center gap-2 rounded-small px-3 py-1.5 data-focused:bg-accent-soft data-focus-visible:-outline-offset-2"
            >
              <span className="flex-1">{shown}</span>
              <Check
                aria-hidden
                className="size-4 text-accent opacity-0 group-data-selected:opacity-100"
              />
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
