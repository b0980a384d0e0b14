import { useState } from "react";
import { Select } from "@/components/select";
import { TextField } from "@/components/text-field";
import { CONSENTS, isOfPeople, type Wanted } from "@/features/library/wanted";
import { text } from "@/text";

const words = text.library;

/** What of a shelf is shown, and in which order. */
export function Filters({
  wanted,
  change,
}: {
  wanted: Wanted;
  change: (change: Partial<Wanted>) => void;
}) {
  // what is typed stands at once, whenever the address follows
  const [q, setQ] = useState(wanted.q);
  return (
    <search className="grid grid-cols-2 gap-4 sm:flex">
      <div className="col-span-2 sm:flex-1">
        <TextField
          label={words.search}
          type="search"
          value={q}
          maxLength={200}
          onChange={(typed) => {
            setQ(typed);
            change({ q: typed });
          }}
        />
      </div>
      {isOfPeople(wanted.kind) && (
        <div className="sm:w-48">
          <Select
            label={words.consentFilter}
            options={CONSENTS}
            value={wanted.consent}
            onChange={(consent) => {
              change({ consent });
            }}
          />
        </div>
      )}
      <div className="sm:w-48">
        <Select
          label={words.sort}
          options={words.sorts}
          value={wanted.sort}
          onChange={(sort) => {
            change({ sort });
          }}
        />
      </div>
    </search>
  );
}
