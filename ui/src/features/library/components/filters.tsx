import { Search } from "@/components/search";
import { Select } from "@/components/select";
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
  return (
    <Search
      label={words.search}
      q={wanted.q}
      onSearch={(q) => {
        change({ q });
      }}
    >
      {isOfPeople(wanted.kind) && (
        <Select
          label={words.consentFilter}
          options={CONSENTS}
          value={wanted.consent}
          onChange={(consent) => {
            change({ consent });
          }}
        />
      )}
      <Select
        label={words.sort}
        options={words.sorts}
        value={wanted.sort}
        onChange={(sort) => {
          change({ sort });
        }}
      />
    </Search>
  );
}
