import type { JobRead, SceneRead } from "@/client/schema";
import { Button } from "@/components/button";
import { TextLink } from "@/components/link";
import { Notice } from "@/components/notice";
import { Told } from "@/components/told";
import { useRetry } from "@/features/lesson/api/retry";
import { stoppedAt } from "@/features/lesson/making";
import { text } from "@/text";

const words = text.lessonPage;

const HERE = "what-happened";

/** What went wrong, what to do, and one button that does it. */
export function Failure({ job }: { job: JobRead }) {
  const scene = stoppedAt(job);
  return (
    <div id={HERE} className="scroll-mt-24">
      <Notice kind="bad" action={<Retry job={job}>{words.failure.retry}</Retry>}>
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

function Retry({ job, children }: { job: JobRead; children: string }) {
  const retry = useRetry(job.id);
  return (
    <Button
      look="primary"
      pending={retry.isPending && words.failure.retrying}
      onPress={() => {
        retry.mutate();
      }}
    >
      {children}
    </Button>
  );
}
