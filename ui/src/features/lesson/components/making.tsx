import { overallProgress } from "@/client/job-progress";
import type { JobRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Progress } from "@/components/progress";
import { useCancel } from "@/features/lesson/api/cancel";
import { Panel } from "@/features/lesson/components/panel";
import { Steps } from "@/features/lesson/components/steps";
import { happening, readyScenes } from "@/features/lesson/saying";
import { text } from "@/text";
import { timeLeft } from "@/text/format";

const words = text.lessonPage.making;

/** What happens now, how long it will take, and what makes it. */
export function Making({ job }: { job: JobRead }) {
  const ready = readyScenes(job);
  return (
    <Panel title={words.title}>
      <div className="flex flex-col gap-2">
        <p role="status" className="text-lead">
          {happening(job)}
        </p>
        <Progress hideLabel label={words.progress} value={overallProgress(job.steps)} />
        <p className="flex flex-wrap justify-between gap-x-4 text-small text-muted">
          <span className="inline-block first-letter:uppercase">
            {job.seconds_left === null ? words.unknown : timeLeft(job.seconds_left)}
          </span>
          {ready && <span>{ready}</span>}
        </p>
      </div>
      <Steps steps={job.steps} />
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
        <p className="flex-1 basis-40 text-small text-muted">{words.leave}</p>
        <Cancel job={job} />
      </div>
    </Panel>
  );
}

function Cancel({ job }: { job: JobRead }) {
  const cancel = useCancel(job.id);
  const stopping = cancel.isPending || cancel.data?.making === job.making;
  return (
    <Button
      pending={stopping && words.stopping}
      onPress={() => {
        cancel.mutate();
      }}
    >
      {words.cancel}
    </Button>
  );
}
