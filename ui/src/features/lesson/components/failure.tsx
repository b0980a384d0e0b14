import type { JobRead, SceneRead } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { TextLink } from "@/components/link";
import { Notice } from "@/components/notice";
import { Told } from "@/components/told";
import { useRetry } from "@/features/lesson/api/retry";
import { stoppedAt } from "@/features/lesson/making";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.lessonPage;

const HERE = "what-happened";

/** What went wrong, what to do, and the button that does it first. */
export function Failure({ job }: { job: JobRead }) {
  const scene = stoppedAt(job);
  return (
    <div id={HERE} className="scroll-mt-24">
      <Notice kind="bad" action={<WayOn job={job} />}>
        <p>
          <strong className="font-semibold">
            {scene ? words.failure.at(scene.index + 1) : words.failure.whole}
          </strong>{" "}
          {job.error && <Told>{job.error.detail}</Told>}
        </p>
        {job.error?.advice && (
          <p>
            <Told>{job.error.advice}</Told>
          </p>
        )}
      </Notice>
    </div>
  );
}

/** Where the same lesson would fail alike, changing it comes before trying again. */
function WayOn({ job }: { job: JobRead }) {
  if (job.error?.retryable !== false) return <Retry job={job}>{words.failure.retry}</Retry>;
  const change = job.error.scene !== null && job.scenes.length > 0;
  return (
    <div className="flex flex-wrap gap-2">
      <ButtonLink look="primary" href={change ? paths.changeLesson(job.id) : paths.newLesson}>
        {change ? words.failure.change : words.failure.anew}
      </ButtonLink>
      <Retry job={job} look="plain">
        {words.failure.retry}
      </Retry>
    </div>
  );
}

/** The way to the failure, which stands at its scene. */
export function SeeFailure({ scene }: { scene: SceneRead }) {
  return (
    <Notice kind="warn">
      <p>
        <strong className="font-semibold">{words.failure.stopped(scene.index + 1)}</strong>{" "}
        <TextLink href={`#${HERE}`}>{words.failure.see}</TextLink>
      </p>
    </Notice>
  );
}

/** For a lesson that was cancelled. */
export function Cancelled({ job }: { job: JobRead }) {
  return (
    <Notice action={<Retry job={job}>{words.cancelled.goOn}</Retry>}>{words.cancelled.text}</Notice>
  );
}

function Retry({
  job,
  look = "primary",
  children,
}: {
  job: JobRead;
  look?: "primary" | "plain";
  children: string;
}) {
  const retry = useRetry(job.id);
  return (
    <Button
      look={look}
      pending={retry.isPending && words.failure.retrying}
      onPress={() => {
        retry.mutate();
      }}
    >
      {children}
    </Button>
  );
}
