import type { RefusedItem } from "@/client/schema";
import { Notice } from "@/components/notice";
import { fieldAt, WHOLE } from "@/features/batches/faults";
import { batchPage, newBatch } from "@/text/batches";

const words = batchPage.refused;

/** The rows that were left out, each with all that is wrong with it. */
export function RefusedRows({ rows }: { rows: readonly RefusedItem[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-title">{words.title}</h2>
      <Notice kind="warn">{words.lead}</Notice>
      <ul className="divide-y divide-line border-y border-line">
        {rows.map(({ row, external_id, errors }) => (
          <li key={row} className="py-3">
            <h3 className="font-sans font-semibold">
              {words.row(row)}
              {external_id && <span className="font-normal text-muted"> · {external_id}</span>}
            </h3>
            <ul className="text-small">
              {errors.map(({ field, message }) => (
                <li key={`${field} ${message}`}>
                  {nameOf(field) && <span className="text-muted">{nameOf(field)}: </span>}
                  {message}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** As it is called where a batch is put together; what is not known there, as the API calls it. */
function nameOf(field: string): string | null {
  const known = fieldAt(field);
  if (known) return newBatch.columns.fields[known];
  return field === WHOLE ? null : field;
}
