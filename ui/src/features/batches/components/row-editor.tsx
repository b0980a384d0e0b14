import { Trash2 } from "lucide-react";
import { memo, useId } from "react";
import { IconButton } from "@/components/button";
import { columnsOf, type Sources } from "@/features/batches/columns";
import type { Fault } from "@/features/batches/faults";
import type { Row, Table } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const words = newBatch.check;

interface Props {
  number: number;
  row: Row;
  columns: readonly string[];
  sources: Sources;
  table: Table;
  /** Empty where it was changed since. */
  faults: readonly Fault[] | undefined;
  change: (column: number, cell: string) => void;
  remove: () => void;
}

/** A row: its cells side by side, below each other on a phone; and what is wrong with it. */
export function RowEditor({ number, row, columns, sources, table, faults, change, remove }: Props) {
  const told = useId();
  const wrong = new Set(
    faults?.flatMap(({ field }) => (field ? columnsOf(sources[field], table) : [])),
  );
  return (
    <div
      role="group"
      aria-label={words.row(number)}
      className="grid gap-2 border-b border-line px-3 py-2 last:border-b-0 md:[grid-template-columns:var(--columns)]"
    >
      <span aria-hidden className="pt-2 text-small text-muted tabular-nums max-md:font-semibold">
        <span className="md:hidden">{words.row(number)}</span>
        <span className="max-md:hidden">{number}</span>
      </span>
      {columns.map((column, at) => (
        <Cell
          key={column}
          column={column}
          number={number}
          value={row.cells[at] ?? ""}
          told={wrong.has(at) ? told : undefined}
          change={(cell) => {
            change(at, cell);
          }}
        />
      ))}
      <IconButton label={words.remove(number)} onPress={remove} className="max-md:justify-self-end">
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
      {faults?.length === 0 && (
        <p className="col-span-full text-small text-muted md:pl-12">{words.changed}</p>
      )}
      {faults && faults.length > 0 && (
        <ul id={told} className="col-span-full text-small text-bad md:pl-12">
          {faults.map(({ field, message }) => (
            <li key={`${field ?? ""} ${message}`}>
              {field && <strong>{newBatch.columns.fields[field]}: </strong>}
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface CellProps {
  column: string;
  number: number;
  value: string;
  /** The id of what is wrong with it. */
  told: string | undefined;
  change: (cell: string) => void;
}

const Cell = memo(
  function Cell({ column, number, value, told, change }: CellProps) {
    return (
      <label className="flex min-w-0 flex-col gap-1">
        <span className="text-small font-semibold md:sr-only">
          <span aria-hidden>{column}</span>
          <span className="sr-only">{words.cell(column, number)}</span>
        </span>
        <textarea
          rows={1}
          value={value}
          aria-invalid={told !== undefined}
          aria-describedby={told}
          onChange={({ target }) => {
            change(target.value);
          }}
          className="field-sizing-content max-h-40 min-h-11 w-full min-w-0 resize-none rounded-small border border-line bg-paper px-2 py-2 text-small aria-invalid:border-bad sm:min-h-10"
        />
      </label>
    );
  },
  (one, other) =>
    one.value === other.value &&
    one.told === other.told &&
    one.number === other.number &&
    one.column === other.column,
);
