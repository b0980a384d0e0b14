import { Search } from "@/components/search";
import { Select } from "@/components/select";
import { SHOWS, type Wanted } from "@/features/lessons/wanted";
import { text } from "@/text";

const words = text.lessons;

/** What of the lessons is shown, and in which order. */
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
      <Select
        label={words.filter}
        options={SHOWS}
        value={wanted.show}
        onChange={(show) => {
          change({ show });
        }}
      />
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
