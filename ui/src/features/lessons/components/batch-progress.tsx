import { ButtonLink } from "@/components/button";
import { TextLink } from "@/components/link";
import { ProblemNotice } from "@/components/notice";
import { Progress } from "@/components/progress";
import { useBatch } from "@/features/lessons/api/batch";
import { paths } from "@/paths";
import { text } from "@/text";
import { timeLeft } from "@/text/format";

const words = text.lessons;

/** Above a list that shows one batch: which, and how far it is. */
export function BatchProgress({ id }: { id: string }) {
  const { data: batch, error } = useBatch(id);
  if (!batch) return <ProblemNotice error={error} />;
  const all = Object.values(batch.counts).reduce((sum, count) => sum + count, 0);
  const open = (batch.counts.queued ?? 0) + (batch.counts.running ?? 0);
  const left = batch.seconds_left;
  return (
    <section aria-label={words.inBatch} className="flex flex-col gap-3 rounded bg-sunk p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="min-w-0 text-title break-words">
          <TextLink href={paths.batch(id)} className="text-ink">
            {batch.title}
          </TextLink>
        </h2>
        <ButtonLink href={paths.lessons}>{words.leaveBatch}</ButtonLink>
      </div>
      <Progress hideLabel label={words.batchProgress} value={all > 0 ? (all - open) / all : 0} />
      <p role="status" className="flex flex-wrap justify-between gap-x-4 text-small text-muted">
        <span>{words.batchCounts(all - open, all)}</span>
        {open > 0 && left !== null && <span>{timeLeft(left)}</span>}
      </p>
    </section>
  );
}
