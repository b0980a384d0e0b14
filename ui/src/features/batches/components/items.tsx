import { CircleAlert, CircleSlash, Clapperboard, Hourglass, type LucideIcon } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { overallProgress } from "@/client/job-progress";
import type { BatchRead, JobStatus, JobSummary } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Poster } from "@/components/poster";
import { Progress } from "@/components/progress";
import { Select } from "@/components/select";
import { Waiting } from "@/components/waiting";
import { useItems } from "@/features/batches/api/items";
import { paths } from "@/paths";
import { text } from "@/text";
import { batches, batchPage as words } from "@/text/batches";
import { DOT } from "@/text/format";

type Show = keyof typeof words.shows;

/** The lessons of a batch in the order of their rows, narrowed by what stands in the address. */
export function Items({ batch }: { batch: BatchRead }) {
  const [address, setAddress] = useSearchParams();
  const show = showIn(address);
  const items = useItems(batch.id, show === "all" ? null : show, batch.finished_at === null);
  const found = items.data?.pages.flatMap((page) => page.items);
  return (
    <section className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <h2 className="text-title">{words.items}</h2>
        <div className="w-44">
          <Select
            label={words.show}
            options={words.shows}
            value={show}
            onChange={(wanted) => {
              setAddress(wanted === "all" ? {} : { show: wanted }, {
                replace: true,
                preventScrollReset: true,
              });
            }}
          />
        </div>
      </div>
      {items.isPending && <Waiting />}
      <ProblemNotice error={items.error} again={items.refetch} />
      {found?.length === 0 && <p className="text-muted">{words.noItems}</p>}
      <ul className="grid grid-cols-1 border-t border-line empty:hidden 2xl:grid-cols-2">
        {found?.map((job) => (
          <Item key={job.id} job={job} />
        ))}
      </ul>
      {items.hasNextPage && (
        <Button
          className="self-center"
          pending={items.isFetchingNextPage && batches.loadingMore}
          onPress={() => void items.fetchNextPage()}
        >
          {text.common.showMore}
        </Button>
      )}
    </section>
  );
}

const ICONS: Record<JobStatus, LucideIcon> = {
  queued: Hourglass,
  running: Clapperboard,
  succeeded: Clapperboard,
  failed: CircleAlert,
  cancelled: CircleSlash,
};

function Item({ job }: { job: JobSummary }) {
  const Icon = ICONS[job.status];
  const said = [
    ...(job.batch_row === null ? [] : [words.row(job.batch_row)]),
    text.lesson.status[job.status],
    ...(job.external_id ? [job.external_id] : []),
  ];
  return (
    <li className="flex items-start gap-4 border-b border-line py-3 sm:items-center 2xl:odd:pr-6 2xl:even:pl-6">
      <div className="grid aspect-video w-20 shrink-0 grid-rows-1 place-items-center overflow-hidden rounded border border-line bg-sunk sm:w-28">
        <Poster
          poster={job.poster}
          instead={
            <Icon
              aria-hidden
              className={`size-5 ${job.status === "failed" ? "text-bad" : "text-muted"}`}
            />
          }
        />
      </div>
      <div className="min-w-0 flex-1">
        <h3 className="line-clamp-3 font-sans font-semibold break-words">
          <Link to={paths.lesson(job.id)} className="rounded-small hover:text-accent">
            {job.title}
          </Link>
        </h3>
        <p className="text-small text-muted">{said.join(DOT)}</p>
        {job.error && (
          <p className="text-small text-bad">
            {job.error.detail} {job.error.advice}
          </p>
        )}
        {job.status === "running" && (
          <div className="mt-2 max-w-80">
            <Progress
              hideLabel
              label={batches.progressOf(job.title)}
              value={overallProgress(job.steps)}
            />
          </div>
        )}
      </div>
    </li>
  );
}

function showIn(address: URLSearchParams): Show {
  const show = address.get("show") ?? "";
  return show in words.shows ? (show as Show) : "all";
}
