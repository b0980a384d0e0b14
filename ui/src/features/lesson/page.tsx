import type { ReactNode } from "react";
import { useParams } from "react-router";
import type { JobRead } from "@/client/schema";
import type { Following } from "@/client/use-events";
import { TextLink } from "@/components/link";
import { Missing } from "@/components/missing";
import { Notice, ProblemNotice } from "@/components/notice";
import { Page, useTabTitle } from "@/components/page";
import { RenamedHeading } from "@/components/rename";
import { Waiting } from "@/components/waiting";
import { useJob } from "@/features/lesson/api/job";
import { useRename } from "@/features/lesson/api/rename";
import { Actions } from "@/features/lesson/components/actions";
import { Embed } from "@/features/lesson/components/embed";
import { Cancelled, Failure, SeeFailure } from "@/features/lesson/components/failure";
import { Files } from "@/features/lesson/components/files";
import { MadeBy, Notices } from "@/features/lesson/components/made-by";
import { Making } from "@/features/lesson/components/making";
import { SharePoster } from "@/features/lesson/components/share-poster";
import { Watch } from "@/features/lesson/components/watch";
import { useFollowing } from "@/features/lesson/follow";
import { isOver, stoppedAt } from "@/features/lesson/making";
import { paths } from "@/paths";
import { text } from "@/text";
import { duration, relative } from "@/text/format";

const words = text.lessonPage;

/** A lesson: while it is made, and after. */
export function Component() {
  const { id = "" } = useParams();
  return <Lesson key={id} id={id} />;
}

function Lesson({ id }: { id: string }) {
  const { data: job, error, refetch } = useJob(id);
  const { line, found } = useFollowing(job);
  if (!job && error)
    return <Missing error={error} to={paths.lessons} back={words.toAll} again={refetch} />;
  if (!job) return <Opening />;
  return (
    <Page wide title={job.title} heading={<Heading job={job} />} actions={<Actions job={job} />}>
      <div className="flex flex-col gap-4 pb-6 empty:hidden">
        <ProblemNotice error={error} again={refetch} />
        {line && <Line line={line} />}
        {job.status === "failed" && <Failed job={job} />}
        {job.status === "cancelled" && <Cancelled job={job} />}
      </div>
      <Watch job={job} found={found} beside={<Beside job={job} />} />
    </Page>
  );
}

/** Its title, how it is, and what it was made from. */
function Heading({ job }: { job: JobRead }) {
  const renaming = useRename(job.id);
  const { rename, title } = words.actions;
  return (
    <div className="min-w-0 flex-1 basis-96">
      <RenamedHeading name={job.title} action={rename} label={title} renaming={renaming} />
      <p className="mt-1 text-muted">{story(job)}</p>
      {job.remade_from && (
        <p className="mt-1 text-small text-muted">
          {words.remadeFrom}{" "}
          <TextLink href={paths.lesson(job.remade_from)}>{words.earlier}</TextLink>
        </p>
      )}
    </div>
  );
}

/** Told at once; what can be done about it stands at the scene that failed, where one did. */
function Failed({ job }: { job: JobRead }) {
  const scene = stoppedAt(job);
  return scene ? <SeeFailure scene={scene} /> : <Failure job={job} />;
}

function Beside({ job }: { job: JobRead }) {
  if (!isOver(job))
    return (
      <>
        <Making job={job} />
        <After>
          <Notices job={job} />
        </After>
      </>
    );
  return (
    <>
      {job.status === "succeeded" && <Files job={job} />}
      <After>
        {job.status === "succeeded" && job.exports.includes("lesson.mp4") && <Embed job={job} />}
        {job.status === "succeeded" && job.exports.includes("poster.jpg") && (
          <SharePoster job={job} />
        )}
        <MadeBy job={job} />
      </After>
    </>
  );
}

/** On a phone it stands below the scenes. */
function After({ children }: { children: ReactNode }) {
  return <div className="flex flex-col gap-10 empty:hidden max-lg:order-last">{children}</div>;
}

function Opening() {
  useTabTitle(words.opening);
  return (
    <div className="mx-auto w-full max-w-440 px-4 py-8 sm:px-6 lg:py-12">
      <Waiting>{words.opening}</Waiting>
    </div>
  );
}

function Line({ line }: { line: Following }) {
  if (line.state === "waiting") return <Notice kind="warn">{words.cut}</Notice>;
  if (line.state !== "refused") return null;
  return line.problem ? (
    <ProblemNotice error={line.problem} />
  ) : (
    <Notice kind="bad">{words.refused}</Notice>
  );
}

/** “Ready · 2 min · made 3 minutes ago”. */
function story(job: JobRead): string {
  const seconds = job.scenes.reduce((sum, scene) => sum + (scene.seconds ?? 0), 0);
  const when = job.finished_at ? relative(job.finished_at) : words.asked(relative(job.created_at));
  return [
    text.lesson.status[job.status],
    ...(job.preview === null ? [] : [words.audioOnly]),
    ...(isOver(job) && seconds > 0 ? [duration(seconds)] : []),
    when,
  ].join(" · ");
}
