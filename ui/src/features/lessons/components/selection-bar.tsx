import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/client/keys";
import type { JobSummary } from "@/client/schema";
import { Button } from "@/components/button";
import { toast } from "@/components/toast-queue";
import { undoable } from "@/components/undo";
import { useCancelAll } from "@/features/lessons/api/cancel";
import { deleteAll } from "@/features/lessons/api/delete";
import { useDownloadAll } from "@/features/lessons/api/download";
import { MakeCourse } from "@/features/lessons/components/make-course";
import { text } from "@/text";

const words = text.lessons;

/** What can be done with the lessons that are selected. */
export function SelectionBar({ jobs, clear }: { jobs: JobSummary[]; clear: () => void }) {
  const [making, over] = apart(jobs);
  const ready = jobs.filter(({ status }) => status === "succeeded");
  return (
    <div
      role="toolbar"
      aria-label={words.selected(jobs.length)}
      className="sticky top-18 z-20 flex flex-wrap items-center gap-x-3 gap-y-2 rounded border border-line bg-raised px-4 py-3 shadow-high"
    >
      <p role="status" className="mr-auto font-semibold">
        {words.selected(jobs.length)}
      </p>
      <Button look="quiet" className="sm:order-last" onPress={clear}>
        {words.clear}
      </Button>
      <div className="flex flex-wrap gap-2 max-sm:w-full">
        {ready.length > 0 && <Download jobs={ready} />}
        <MakeCourse jobs={jobs} />
        {making.length > 0 && <Cancel ids={making} done={clear} />}
        {over.length > 0 && <Delete ids={over} done={clear} />}
      </div>
      {making.length > 0 && (
        <p className="order-last w-full text-small text-muted">{words.runningStay}</p>
      )}
    </div>
  );
}

/** The films, one after the other: a browser may ask once whether so many are wanted. */
function Download({ jobs }: { jobs: JobSummary[] }) {
  const download = useDownloadAll();
  return (
    <Button
      pending={download.isPending && words.downloading(download.done + 1, jobs.length)}
      onPress={() => {
        download.mutate(jobs);
      }}
    >
      {words.download(jobs.length)}
    </Button>
  );
}

function Cancel({ ids, done }: { ids: string[]; done: () => void }) {
  const cancel = useCancelAll();
  return (
    <Button
      pending={cancel.isPending && words.cancel(ids.length)}
      onPress={() => {
        cancel.mutate(ids, {
          onSuccess: () => {
            toast(words.cancelled(ids.length));
            done();
          },
        });
      }}
    >
      {words.cancel(ids.length)}
    </Button>
  );
}

function Delete({ ids, done }: { ids: string[]; done: () => void }) {
  const queries = useQueryClient();
  return (
    <Button
      onPress={() => {
        undoable(words.deleted(ids.length), ids, () =>
          deleteAll(ids).finally(() => queries.invalidateQueries({ queryKey: keys.jobs() })),
        );
        done();
      }}
    >
      {words.delete(ids.length)}
    </Button>
  );
}

/** The ids of those being made, and of those that are over. */
function apart(jobs: JobSummary[]): [string[], string[]] {
  const making = jobs.filter(({ status }) => status === "queued" || status === "running");
  const over = jobs.filter((job) => !making.includes(job));
  return [making.map(({ id }) => id), over.map(({ id }) => id)];
}
