import type { ReactNode } from "react";

/** What one entry of a list is drawn with, beside itself. */
export interface Edit<Entry> {
  /** Its place, from 1. */
  number: number;
  change: (part: Partial<Entry>) => void;
  remove: () => void;
}

interface Props<Entry> {
  title: string;
  lead: string;
  entries: readonly Entry[];
  /** Puts another list in place of the one there is by then. */
  replace: (next: (now: Entry[]) => Entry[]) => void;
  /** Told which entry was removed, and from where. */
  onRemove?: (entry: Entry, at: number) => void;
  show: (entry: Entry, edit: Edit<Entry>) => ReactNode;
  /** What stands below the list: how to get more. */
  children: ReactNode;
}

/** A part of the script step that is written entry by entry. */
export function Entries<Entry extends { key: string }>(props: Props<Entry>) {
  const { title, lead, entries, replace, onRemove, show, children } = props;
  return (
    <section aria-label={title} className="flex flex-col gap-4">
      <header>
        <h3 className="text-title">{title}</h3>
        <p className="mt-1 max-w-prose text-small text-muted">{lead}</p>
      </header>
      <ol className="flex flex-col gap-6 empty:hidden">
        {entries.map((entry, at) =>
          show(entry, {
            number: at + 1,
            change: (part) => {
              replace((now) =>
                now.map((each) => (each.key === entry.key ? { ...each, ...part } : each)),
              );
            },
            remove: () => {
              replace((now) => now.filter(({ key }) => key !== entry.key));
              onRemove?.(entry, at);
            },
          }),
        )}
      </ol>
      {children}
    </section>
  );
}
