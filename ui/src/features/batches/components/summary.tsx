import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import type { Plan } from "@/features/batches/plan";
import { newBatch } from "@/text/batches";

const words = newBatch.table;

/** Which table it is, and the way to another. */
export function Summary({
  plan: { table, name, guessed },
  leave,
}: {
  plan: Plan;
  leave: () => void;
}) {
  return (
    <div className="flex flex-col gap-4">
      {guessed && <Notice kind="warn">{words.guessed}</Notice>}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded bg-sunk px-5 py-4">
        <p className="mr-auto min-w-0">
          {name && <strong className="font-semibold break-words">{name}: </strong>}
          {words.summary(table?.rows.length ?? 0, table?.columns.length ?? 0)}
        </p>
        <Button onPress={leave}>{words.other}</Button>
      </div>
    </div>
  );
}
