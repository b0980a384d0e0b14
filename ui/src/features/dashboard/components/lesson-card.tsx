import { CircleAlert, CircleSlash, Clapperboard } from "lucide-react";
import { Link } from "react-router";
import type { JobSummary } from "@/client/schema";
import { Poster } from "@/components/poster";
import { paths } from "@/paths";
import { text } from "@/text";
import { relative } from "@/text/format";

/** A lesson that is not being made: its poster, its name, and how it went. */
export function LessonCard({ job }: { job: JobSummary }) {
  return (
    <li>
      <Link to={paths.lesson(job.id)} className="group block rounded">
        <Picture job={job} />
        <h3 className="mt-3 font-sans font-semibold group-hover:text-accent">{job.title}</h3>
        <p className="text-small text-muted first-letter:uppercase">
          {job.status !== "succeeded" && `${text.lesson.status[job.status]} · `}
          {relative(job.finished_at ?? job.created_at)}
        </p>
        {job.error && <p className="mt-1 line-clamp-2 text-small text-bad">{job.error.detail}</p>}
      </Link>
    </li>
  );
}

const ICONS = { failed: CircleAlert, cancelled: CircleSlash } as const;

function Picture({ job }: { job: JobSummary }) {
  const { status } = job;
  const Icon = status === "failed" || status === "cancelled" ? ICONS[status] : Clapperboard;
  return (
    <Frame>
      <Poster
        poster={job.poster}
        instead={
          <Icon
            aria-hidden
            className={`size-8 ${status === "failed" ? "text-bad" : "text-muted"}`}
          />
        }
      />
    </Frame>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  return (
    <div className="grid aspect-video grid-rows-1 place-items-center overflow-hidden rounded border border-line bg-sunk transition-shadow group-hover:shadow-high">
      {children}
    </div>
  );
}
