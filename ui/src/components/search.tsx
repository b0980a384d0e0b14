import { useState, type ReactNode } from "react";
import { TextField } from "@/components/text-field";

const LONGEST = 200;

/** Narrows a list: by what is looked for, and beside it by what else (`children`, selects). */
export function Search({
  label,
  q,
  onSearch,
  children,
}: {
  label: string;
  q: string;
  onSearch: (q: string) => void;
  children: ReactNode;
}) {
  // what is typed stands at once, whenever the address follows; once it is left, the address is right
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <search className="grid grid-cols-[repeat(auto-fit,minmax(8rem,1fr))] gap-4 sm:auto-cols-[11rem] sm:grid-flow-col sm:grid-cols-[minmax(0,1fr)]">
      <div className="col-span-full sm:col-span-1">
        <TextField
          label={label}
          type="search"
          value={typed ?? q}
          maxLength={LONGEST}
          onChange={(value) => {
            setTyped(value);
            onSearch(value);
          }}
          onBlur={() => {
            setTyped(null);
          }}
        />
      </div>
      {children}
    </search>
  );
}
