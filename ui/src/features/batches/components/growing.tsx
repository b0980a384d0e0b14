import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { TextField } from "@/components/text-field";
import { newRow, withColumn, type Table } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const words = newBatch.check;

/** One more row, one more column. */
export function Growing({
  table,
  change,
}: {
  table: Table;
  change: (change: (table: Table) => Table) => void;
}) {
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
