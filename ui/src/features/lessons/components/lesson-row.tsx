import { CircleAlert, CircleSlash, Clapperboard, Hourglass, type LucideIcon } from "lucide-react";
import { Link } from "react-router";
import { overallProgress } from "@/client/job-progress";
import type { JobStatus, JobSummary } from "@/client/schema";
import { Checkbox } from "@/components/checkbox";
import { Poster } from "@/components/poster";
import { Progress } from "@/components/progress";
import { addressOf } from "@/features/lessons/wanted";
import { paths } from "@/paths";
import { text } from "@/text";
import { DOT, relative } from "@/text/format";

const words = text.lessons;

/** A lesson in the list: its poster, its name, and how it is. */
export function LessonRow({
  job,
  inBatch,
  selected,
  select,
}: {
  job: JobSummary;
  /** The list is that of one batch: no row has to say which. */
  inBatch: boolean;
  selected: boolean;
  select: (selected: boolean) => void;
}) {
  return (
    <li className="flex items-start gap-2 border-b border-line py-4 sm:items-center sm:gap-4 2xl:odd:pr-8 2xl:even:pl-8">
      <Checkbox isSelected={selected} onChange={select}>
        <span className="sr-only">{words.select(job.title)}</span>
      </Checkbox>
      <Picture job={job} />
      <div className="min-w-0 flex-1">
        <h2 className="line-clamp-3 font-sans font-semibold break-words">
          <Link to={paths.lesson(job.id)} className="rounded-small hover:text-accent">
            {job.title}
          </Link>
        </h2>
        <p className="text-small text-muted">
          <Facts job={job} inBatch={inBatch} />
        </p>
        {job.error && <p className="line-clamp-2 text-small text-bad">{job.error.detail}</p>}
        {job.status === "running" && (
          <div className="mt-2 max-w-80">
            <Progress
              hideLabel
              label={words.progressOf(job.title)}
              value={overallProgress(job.steps)}
            />
          </div>
        )}
      </div>
    </li>
  );
}

function Facts({ job, inBatch }: { job: JobSummary; inBatch: boolean }) {
  const said = [
    text.lesson.status[job.status],
    relative(job.finished_at ?? job.created_at),
    ...(job.remade_from ? [words.remade] : []),
    ...(job.preview ? [words.preview] : []),
    ...(job.external_id ? [job.external_id] : []),
  ];
  const batch = !inBatch && job.batch_id && addressOf({ ...ALL, batch: job.batch_id });
  return (
    <>
      {said.join(DOT)}
      {batch && (
        <>
          {DOT}
          <Link
            to={`${paths.lessons}?${batch}`}
            className="rounded-small whitespace-nowrap underline underline-offset-3 hover:text-ink"
          >
            {words.batch}
          </Link>
        </>
      )}
    </>
  );
}

const ALL = { show: "all", q: "", sort: "newest", asset: null } as const;
const ICONS: Record<JobStatus, LucideIcon> = {
  queued: Hourglass,
  running: Clapperboard,
  succeeded: Clapperboard,
  failed: CircleAlert,
  cancelled: CircleSlash,
};

function Picture({ job }: { job: JobSummary }) {
  const Icon = ICONS[job.status];
  return (
    <div className="grid aspect-video w-24 shrink-0 grid-rows-1 place-items-center overflow-hidden rounded border border-line bg-sunk sm:w-36">
      <Poster
        poster={job.poster}
        instead={
          <Icon
            aria-hidden
            className={`size-6 ${job.status === "failed" ? "text-bad" : "text-muted"}`}
          />
        }
      />
    </div>
  );
}
