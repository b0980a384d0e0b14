import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { TextField } from "@/components/text-field";
import { sayUndo } from "@/components/say-undo";
import { RowEditor } from "@/features/batches/components/row-editor";
import type { Sources } from "@/features/batches/columns";
import type { Faults } from "@/features/batches/plan";
import {
  newRow,
  withCell,
  withColumn,
  withoutRow,
  withRow,
  type Row,
  type Table,
} from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const words = newBatch.check;
const ROWS_A_PAGE = 20;

interface Props {
  table: Table;
  sources: Sources;
  faults: Faults;
  /** `touched` is the key of the row that is another now. */
  change: (change: (table: Table) => Table, touched?: string) => void;
}

/** Every row of the table, to be changed in place; some at a time. */
export function TableEditor({ table, sources, faults, change }: Props) {
  const [page, setPage] = useState(0);
  const [wanted, setOnlyWrong] = useState(false);
  const wrong = table.rows.filter(({ key }) => faults.rows[key]);
  const onlyWrong = wanted && wrong.length > 0;
  const rows = onlyWrong ? wrong : table.rows;
  const first = Math.min(page, Math.ceil(rows.length / ROWS_A_PAGE) - 1) * ROWS_A_PAGE;
  const shown = rows.slice(Math.max(0, first), Math.max(0, first) + ROWS_A_PAGE);
  const template = `2.5rem repeat(${table.columns.length}, minmax(11rem, 1fr)) 2.75rem`;
  return (
    <div className="flex flex-col gap-4">
      {wrong.length > 0 && (
        <Checkbox isSelected={onlyWrong} onChange={setOnlyWrong}>
          {words.onlyWrong}
        </Checkbox>
      )}
      <div className="overflow-x-auto rounded border border-line bg-raised">
        <div className="md:min-w-max" style={{ ["--columns" as string]: template }}>
          <div
            aria-hidden
            className="hidden gap-2 border-b border-line px-3 py-2 text-small font-semibold text-muted md:grid md:[grid-template-columns:var(--columns)]"
          >
            <span />
            {table.columns.map((name) => (
              <span key={name} className="truncate">
                {name}
              </span>
            ))}
          </div>
          {shown.map((row) => (
            <RowEditor
              key={row.key}
              number={table.rows.indexOf(row) + 1}
              row={row}
              columns={table.columns}
              sources={sources}
              table={table}
              faults={faults.rows[row.key] ?? []}
              change={(column, cell) => {
                change((now) => withCell(now, row.key, column, cell), row.key);
              }}
              remove={() => {
                removeRow(row, table.rows.indexOf(row), change);
              }}
            />
          ))}
        </div>
      </div>
      <Pager first={first} shown={shown.length} all={rows.length} page={page} go={setPage} />
      <Growing table={table} change={change} />
    </div>
  );
}

function removeRow(row: Row, at: number, change: Props["change"]): void {
  change((now) => withoutRow(now, row.key));
  sayUndo(words.removed(at + 1), () => {
    change((now) => withRow(now, at, row));
  });
}

function Pager({
  first,
  shown,
  all,
  page,
  go,
}: {
  first: number;
  shown: number;
  all: number;
  page: number;
  go: (page: number) => void;
}) {
  if (all <= ROWS_A_PAGE) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p role="status" className="mr-auto text-small text-muted">
        {words.page(first + 1, first + shown, all)}
      </p>
      <Button
        isDisabled={first === 0}
        onPress={() => {
          go(page - 1);
        }}
      >
        {words.earlier}
      </Button>
      <Button
        isDisabled={first + shown >= all}
        onPress={() => {
          go(page + 1);
        }}
      >
        {words.later}
      </Button>
    </div>
  );
}

/** One more row, one more column. */
function Growing({ table, change }: Pick<Props, "table" | "change">) {
  const [name, setName] = useState<string | null>(null);
  const addColumn = () => {
    if (name?.trim()) change((now) => withColumn(now, name));
    setName(null);
  };
  return (
    <div className="flex flex-wrap items-end gap-3">
      <Button
        onPress={() => {
          change((now) => ({ ...now, rows: [...now.rows, newRow(table.columns.length)] }));
        }}
      >
        <Plus aria-hidden className="size-4" />
        {words.add}
      </Button>
      {name === null ? (
        <Button
          look="quiet"
          onPress={() => {
            setName("");
          }}
        >
          {words.addColumn}
        </Button>
      ) : (
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            addColumn();
          }}
        >
          <TextField
            autoFocus
            label={words.columnName}
            value={name}
            maxLength={80}
            onChange={setName}
          />
          <Button type="submit">{words.addColumn}</Button>
        </form>
      )}
    </div>
  );
}
