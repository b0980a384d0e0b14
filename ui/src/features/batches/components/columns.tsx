import { Plus } from "lucide-react";
import { IconButton } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";
import { Select } from "@/components/select";
import { HINT, TextArea } from "@/components/text-field";
import {
  FIELDS,
  said,
  unknownName,
  type Field,
  type Source,
  type Sources,
} from "@/features/batches/columns";
import { filledRows, type Table } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const words = newBatch.columns;

/** Which column is what of a lesson. */
export function Columns({
  table,
  sources,
  change,
}: {
  table: Table;
  sources: Sources;
  change: (sources: Sources) => void;
}) {
  return (
    <div className="grid items-start gap-x-6 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">
      {FIELDS.map((field) => (
        <FieldSource
          key={field}
          field={field}
          table={table}
          source={sources[field]}
          change={(source) => {
            change({ ...sources, [field]: source });
          }}
        />
      ))}
    </div>
  );
}

interface Props {
  field: Field;
  table: Table;
  source: Source;
  change: (source: Source) => void;
}

function FieldSource({ field, table, source, change }: Props) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Select
        label={words.fields[field]}
        options={optionsOf(table)}
        value={nameOf(source)}
        onChange={(name) => {
          change(sourceOf(name, source, table));
        }}
      />
      {source.kind === "written" && (
        <Written field={field} table={table} text={source.text} change={change} />
      )}
      {words.hints[field] && <p className={HINT}>{words.hints[field]}</p>}
      <Example source={source} table={table} />
    </div>
  );
}

function Written({ field, table, text, change }: Omit<Props, "source"> & { text: string }) {
  const unknown = unknownName({ kind: "written", text }, table);
  const write = (written: string) => {
    change({ kind: "written", text: written });
  };
  return (
    <div className="flex items-end gap-1">
      <div className="min-w-0 flex-1">
        <TextArea
          label={words.template(words.fields[field])}
          hint={words.templateHint(table.columns[0] ?? "")}
          error={unknown === null ? undefined : words.unknown(unknown)}
          value={text}
          rows={2}
          onChange={write}
        />
      </div>
      <Menu
        label={words.insert}
        trigger={
          <IconButton label={words.insert}>
            <Plus aria-hidden className="size-4" />
          </IconButton>
        }
      >
        {table.columns.map((name) => (
          <MenuItem
            key={name}
            textValue={name}
            onAction={() => {
              write(`${text}${text && !text.endsWith(" ") ? " " : ""}{{${name}}}`);
            }}
          >
            {name}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}

/** What the first row says there: whether it is as meant is seen at once. */
function Example({ source, table }: { source: Source; table: Table }) {
  const [first] = filledRows(table);
  if (source.kind === "none" || !first) return null;
  const shown = said(source, table, first);
  return (
    <p className="line-clamp-2 border-l-2 border-line pl-3 text-small break-words text-muted">
      {shown || words.nothing}
    </p>
  );
}

/** Names that are no numbers: an object lists those first. */
function optionsOf({ columns }: Table): Record<string, string> {
  return {
    none: words.none,
    ...Object.fromEntries(columns.map((name, at) => [`column-${at}`, name])),
    written: words.written,
  };
}

function nameOf(source: Source): string {
  return source.kind === "column" ? `column-${source.column}` : source.kind;
}

function sourceOf(name: string, before: Source, { columns }: Table): Source {
  if (name === "none") return { kind: "none" };
  if (name !== "written") return { kind: "column", column: Number(name.replace("column-", "")) };
  const column = before.kind === "column" ? columns[before.column] : undefined;
  return { kind: "written", text: column === undefined ? "" : `{{${column}}}` };
}
