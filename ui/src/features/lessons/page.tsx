import { Plus } from "lucide-react";
import { useState } from "react";
import type { JobSummary } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Notice, ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { useGoing } from "@/components/undo";
import { useWanted } from "@/components/use-wanted";
import { Waiting } from "@/components/waiting";
import { useJobs, useLiveJobs } from "@/features/lessons/api/jobs";
import { BatchProgress } from "@/features/lessons/components/batch-progress";
import { Filters } from "@/features/lessons/components/filters";
import { LessonRow } from "@/features/lessons/components/lesson-row";
import { SelectionBar } from "@/features/lessons/components/selection-bar";
import { WithAsset } from "@/features/lessons/components/with-asset";
import { addressOf, isNarrowed, wantedIn, type Wanted } from "@/features/lessons/wanted";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.lessons;

/** All lessons of whoever is signed in. What is shown stands in the address. */
export function Component() {
  const [wanted, change] = useWanted(wantedIn, addressOf);
  const line = useLiveJobs(wanted);
  const jobs = useJobs(wanted);
  const empty = jobs.data?.pages[0]?.total === 0 && !isNarrowed(wanted);
  return (
    <Page wide title={words.title} actions={!empty && <NewLesson />}>
      <div className="flex flex-col gap-6">
        {wanted.batch && <BatchProgress id={wanted.batch} />}
        {wanted.asset && <WithAsset id={wanted.asset} />}
        {!empty && <Filters wanted={wanted} change={change} />}
        {line.state === "waiting" && <Notice kind="warn">{words.cut}</Notice>}
        <List wanted={wanted} jobs={jobs} />
      </div>
    </Page>
  );
}

function NewLesson() {
  return (
    <ButtonLink look="primary" href={paths.newLesson}>
      <Plus aria-hidden className="size-4" />
      {text.shell.newLesson}
    </ButtonLink>
  );
}

function List({ wanted, jobs }: { wanted: Wanted; jobs: ReturnType<typeof useJobs> }) {
  const going = useGoing();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  if (jobs.isPending) return <Waiting />;
  if (!jobs.data) return <ProblemNotice error={jobs.error} again={jobs.refetch} />;
  const found = jobs.data.pages.flatMap(({ items }) => items).filter(({ id }) => !going.has(id));
  const total = jobs.data.pages[0]?.total ?? found.length;
  return (
    <div className="flex flex-col gap-4">
      <ProblemNotice error={jobs.error} again={jobs.refetch} />
      <Chosen found={found} selected={selected} setSelected={setSelected} total={total} />
      {found.length === 0 && <Nothing wanted={wanted} />}
      <ul className="grid grid-cols-1 border-t border-line empty:hidden 2xl:grid-cols-2">
        {found.map((job) => (
          <LessonRow
            key={job.id}
            job={job}
            inBatch={wanted.batch !== null}
            selected={selected.has(job.id)}
            select={(chosen) => {
              setSelected(changed(selected, job.id, chosen));
            }}
          />
        ))}
      </ul>
      {jobs.hasNextPage && (
        <Button
          className="self-center"
          pending={jobs.isFetchingNextPage && words.loadingMore}
          onPress={() => void jobs.fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
    </div>
  );
}

function Chosen({
  found,
  selected,
  setSelected,
  total,
}: {
  found: JobSummary[];
  selected: ReadonlySet<string>;
  setSelected: (selected: ReadonlySet<string>) => void;
  total: number;
}) {
  const chosen = found.filter(({ id }) => selected.has(id));
  if (found.length === 0) return null;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Checkbox
          isSelected={chosen.length === found.length}
          isIndeterminate={chosen.length > 0 && chosen.length < found.length}
          onChange={(all) => {
            setSelected(new Set(all ? found.map(({ id }) => id) : []));
          }}
        >
          {words.selectAll}
        </Checkbox>
        <p role="status" className="text-small text-muted">
          {words.count(total)}
        </p>
      </div>
      {chosen.length > 0 && (
        <SelectionBar
          jobs={chosen}
          clear={() => {
            setSelected(new Set());
          }}
        />
      )}
    </>
  );
}

function Nothing({ wanted }: { wanted: Wanted }) {
  if (isNarrowed(wanted))
    return (
      <div className="flex flex-col items-start gap-4 py-8">
        <p className="text-muted">{words.noneFound}</p>
        <ButtonLink href={paths.lessons}>{words.showAll}</ButtonLink>
      </div>
    );
  return (
    <div className="flex max-w-prose flex-col items-start gap-4">
      <p className="text-muted">{words.none}</p>
      <div className="flex flex-wrap gap-3">
        <NewLesson />
        <ButtonLink href={paths.newBatch}>{words.fromTable}</ButtonLink>
      </div>
    </div>
  );
}

function changed(selected: ReadonlySet<string>, id: string, chosen: boolean): Set<string> {
  const rest = [...selected].filter((each) => each !== id);
  return new Set(chosen ? [...rest, id] : rest);
}
