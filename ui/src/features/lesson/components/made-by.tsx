import type { JobRead } from "@/client/schema";
import { Panel } from "@/features/lesson/components/panel";
import { Steps } from "@/features/lesson/components/steps";
import { text } from "@/text";

const words = text.lessonPage;

/** Who made what of a lesson that is over, and what was asked for and not given. */
export function MadeBy({ job }: { job: JobRead }) {
  return (
    <>
      <Panel title={words.engine.madeBy}>
        <Steps steps={job.steps} over />
      </Panel>
      <Notices job={job} />
    </>
  );
}

export function Notices({ job }: { job: JobRead }) {
  if (job.notices.length === 0) return null;
  return (
    <Panel title={words.notices.title}>
      <ul className="flex flex-col gap-2 text-small">
        {job.notices.map(({ field, code, message }) => (
          <li key={`${field} ${code}`}>
            {words.notices.fields[field] ? (
              <strong className="font-semibold">{words.notices.fields[field]}: </strong>
            ) : (
              <code className="font-mono break-words text-muted">{field} </code>
            )}
            {message}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
