import { Link } from "react-router";
import { TextLink } from "@/components/link";
import { ProblemNotice } from "@/components/notice";
import { useGoing } from "@/components/undo";
import { Waiting } from "@/components/waiting";
import { useUses } from "@/features/library/api/uses";
import { Panel } from "@/features/library/components/panel";
import { paths } from "@/paths";
import { text } from "@/text";
import { relative } from "@/text/format";

const words = text.library.uses;

/** The lessons that use a file, newest first. */
export function Uses({ id }: { id: string }) {
  const { data, error } = useUses(id);
  const going = useGoing();
  const items = data?.items.filter(({ id }) => !going.has(id));
  const gone = (data?.items.length ?? 0) - (items?.length ?? 0);
  const total = (data?.total ?? 0) - gone;
  return (
    <Panel title={words.title}>
      <ProblemNotice error={error} />
      {!data && !error && <Waiting />}
      {items?.length === 0 && <p className="text-muted">{words.none}</p>}
      <ul className="flex flex-col gap-2 empty:hidden">
        {items?.map((job) => (
          <li key={job.id}>
            <Link
              to={paths.lesson(job.id)}
              className="rounded-small font-semibold break-words hover:text-accent"
            >
              {job.title}
            </Link>
            <p className="text-small text-muted">
              {text.lesson.status[job.status]} · {relative(job.finished_at ?? job.created_at)}
            </p>
          </li>
        ))}
      </ul>
      {items && total > items.length && (
        <TextLink href={`${paths.lessons}?asset=${id}`} className="self-start">
          {words.all(total)}
        </TextLink>
      )}
    </Panel>
  );
}
