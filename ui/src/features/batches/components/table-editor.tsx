import { useState, type CSSProperties } from "react";
import { Checkbox } from "@/components/checkbox";
import { sayUndo } from "@/components/say-undo";
import { Growing } from "@/features/batches/components/growing";
import { Pager } from "@/features/batches/components/pager";
import { RowEditor } from "@/features/batches/components/row-editor";
import { columnsOf, type Sources } from "@/features/batches/columns";
import type { Faults } from "@/features/batches/faults";
import { withCell, withoutRow, withRow, type Row, type Table } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const words = newBatch.check;
const ROWS_A_PAGE = 20;
const LONG = { least: 18, share: 3 };
const SHORT = { least: 9, share: 1 };

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
  const [wanted, setOnlyWrong] = useState(true);
  const wrong = table.rows.filter(({ key }) => faults.rows[key]);
  const onlyWrong = wanted && wrong.length > 0;
  const rows = onlyWrong ? wrong : table.rows;
  const first = Math.min(page, Math.ceil(rows.length / ROWS_A_PAGE) - 1) * ROWS_A_PAGE;
  const shown = rows.slice(Math.max(0, first), Math.max(0, first) + ROWS_A_PAGE);
  return (
    <div className="flex flex-col gap-4">
      {wrong.length > 0 && (
        <Checkbox isSelected={onlyWrong} onChange={setOnlyWrong}>
          {words.onlyWrong}
        </Checkbox>
      )}
      <div className="overflow-x-auto rounded border border-line bg-raised">
        <div className="md:min-w-(--width)" style={sizesOf(table, sources)}>
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
              faults={faults.rows[row.key]}
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
      <Pager
        first={Math.max(0, first)}
        shown={shown.length}
        all={rows.length}
        go={(by) => {
          setPage(Math.max(0, first) / ROWS_A_PAGE + by);
        }}
      />
      {!onlyWrong && <Growing table={table} change={change} />}
    </div>
  );
}

/** What is said takes more room than the rest. */
function sizesOf(table: Table, sources: Sources): CSSProperties {
  const long = [sources.narration, sources.prompt].flatMap((each) => columnsOf(each, table));
  const sizes = table.columns.map((_, at) => (long.includes(at) ? LONG : SHORT));
  const width = sizes.reduce((sum, { least }) => sum + least + 0.5, 7);
  const columns = sizes.map(({ least, share }) => `minmax(${least}rem, ${share}fr)`).join(" ");
  const variables = { "--columns": `2.5rem ${columns} 2.75rem`, "--width": `${width}rem` };
  return variables as CSSProperties;
}

function removeRow(row: Row, at: number, change: Props["change"]): void {
  change((now) => withoutRow(now, row.key));
  sayUndo(words.removed(at + 1), () => {
    change((now) => withRow(now, at, row));
  });
}
