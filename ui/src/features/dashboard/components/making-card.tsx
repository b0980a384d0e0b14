import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { keys } from "@/client/keys";
import type { JobRead, JobSummary } from "@/client/schema";
import { useEvents } from "@/client/use-events";
import { Progress } from "@/components/progress";
import { jobQuery } from "@/features/dashboard/api/jobs";
import { overallProgress, stepNow } from "@/client/job-progress";
import { paths } from "@/paths";
import { text } from "@/text";
import { timeLeft } from "@/text/format";

const words = text.dashboard;
const ENDS = new Set(["job.succeeded", "job.failed", "job.cancelled"]);

/** A lesson that is being made, as it happens. */
export function MakingCard({ summary }: { summary: JobSummary }) {
  const { data } = useQuery(jobQuery(summary.id));
  const line = useFollowing(summary.id, data);
  const job = data ?? summary;
  return (
    <li className="flex flex-col gap-3 rounded-large border border-line bg-raised p-5 shadow-low">
      <h3 className="font-sans font-semibold">
        <Link to={paths.lesson(job.id)} className="rounded-small hover:text-accent">
          {job.title}
        </Link>
      </h3>
      <Progress hideLabel label={words.progressOf(job.title)} value={overallProgress(job.steps)} />
      <p
        aria-live="polite"
        className="flex flex-wrap justify-between gap-x-4 text-small text-muted"
      >
        <span>{stage(job)}</span>
        {data?.seconds_left != null && (
          <span className="inline-block first-letter:uppercase">{timeLeft(data.seconds_left)}</span>
        )}
      </p>
      {(line.state === "waiting" || line.state === "refused") && (
        <p className="text-small text-warn">{words.cut}</p>
      )}
    </li>
  );
}

/** Reads the job again with each of its events, from where it was read first. */
function useFollowing(id: string, job: JobRead | undefined) {
  const queries = useQueryClient();
  return useEvents(
    job ? `/api/jobs/${id}/events` : null,
    ({ event }) => {
      void queries.invalidateQueries({ queryKey: keys.job(id) });
      if (event && ENDS.has(event)) void queries.invalidateQueries({ queryKey: keys.jobs() });
    },
    job && String(job.last_event),
  );
}

function stage(job: JobRead | JobSummary): string {
  if (job.status === "queued") {
    const place = "queue_position" in job ? job.queue_position : null;
    return place ? text.lesson.waitingAt(place) : text.lesson.status.queued;
  }
  const step = stepNow(job.steps);
  return step ? text.lesson.step[step] : text.lesson.status[job.status];
}
