import { Plus } from "lucide-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { newIdempotencyKey } from "@/client/idempotency";
import type { JobRead } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { Missing } from "@/components/missing";
import { Notice, ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { TextField } from "@/components/text-field";
import { Waiting } from "@/components/waiting";
import { useJob } from "@/features/lesson/api/job";
import { useRemake, useRemakePlan } from "@/features/lesson/api/remake";
import {
  faultsOf,
  kept,
  patchOf,
  sceneBefore,
  shownNumbers,
  withNewScene,
  withScene,
  type Edited,
} from "@/features/lesson/change";
import { madeAgain, Plan } from "@/features/lesson/components/plan";
import { SceneEditor } from "@/features/lesson/components/scene-editor";
import { begunChanges, forgetChanges, keepChanges } from "@/features/lesson/kept-changes";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { text } from "@/text";

const words = text.lessonPage.change;

/** Changes the words of a lesson, and has what is changed made again. */
export function Component() {
  const { id = "" } = useParams();
  const { data: job, error, refetch } = useJob(id);
  const me = useMe();
  if (!job && error)
    return (
      <Missing error={error} to={paths.lessons} back={text.lessonPage.toAll} again={refetch} />
    );
  if (me && job?.scenes.length) return <Change key={id} job={job} userId={me.id} />;
  return (
    <Page title={words.plan}>
      {job?.scenes.length === 0 ? <NotWritten job={job} /> : <Waiting />}
    </Page>
  );
}

function NotWritten({ job }: { job: JobRead }) {
  return (
    <div className="flex flex-col items-start gap-4">
      <p>{words.notWritten}</p>
      <ButtonLink href={paths.lesson(job.id)}>{words.back}</ButtonLink>
    </div>
  );
}

function Change({ job, userId }: { job: JobRead; userId: string }) {
  const changes = useChanges(job, userId);
  const { edited, isKept, change, settled, settle, idempotencyKey } = changes;
  const faults = faultsOf(edited);
  const plan = useRemakePlan(job.id, patchOf(settled), faultsOf(settled).length === 0);
  const numbers = shownNumbers(settled);
  const fates = new Map(kept(settled).map(({ key }, at) => [key, plan.data?.scenes?.[at]]));
  return (
    <Page wide title={words.title(job.title)}>
      <p className="-mt-6 mb-8 max-w-prose text-muted">{words.lead}</p>
      {!isKept && <Notice kind="warn">{words.notKept}</Notice>}
      <form
        className="flex max-w-300 flex-col gap-8 2xl:grid 2xl:max-w-none 2xl:grid-cols-[minmax(0,1fr)_26rem] 2xl:items-start 2xl:gap-x-16"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <div className="flex min-w-0 flex-col gap-8">
          <TextField
            label={words.name}
            value={edited.title}
            maxLength={200}
            error={faults.some(({ fault }) => fault === "noTitle") ? words.noTitle : undefined}
            onChange={(title) => {
              change({ ...edited, title });
            }}
            onBlur={settle}
          />
          <ol className="flex flex-col gap-6">
            {edited.scenes.map((scene, at) => (
              <SceneEditor
                key={scene.key}
                scene={scene}
                number={at + 1}
                before={sceneBefore(job, scene)}
                fate={fates.get(scene.key)}
                faulty={faults.some(({ key }) => key === scene.key)}
                settle={settle}
                change={(each, rests) => {
                  change(withScene(edited, scene.key, each), rests);
                }}
              />
            ))}
          </ol>
          <Button
            className="self-start"
            onPress={() => {
              change(withNewScene(edited));
            }}
          >
            <Plus aria-hidden className="size-4" />
            {words.add}
          </Button>
        </div>
        <section
          aria-label={words.plan}
          className="sticky bottom-0 -mx-4 flex flex-col gap-3 border-t border-line bg-paper px-4 py-3 sm:mx-0 sm:gap-4 sm:px-0 sm:py-5 2xl:top-24 2xl:bottom-auto 2xl:border-t-0 2xl:pt-6"
        >
          {faults.some(({ fault }) => fault === "noScenes") ? (
            <p className="text-bad">{words.noScenes}</p>
          ) : (
            <Plan plan={plan.data} error={plan.error} looking={plan.isFetching} />
          )}
          <Submit
            job={job}
            forget={() => {
              forgetChanges(userId, job.id);
            }}
            edited={edited}
            idempotencyKey={idempotencyKey}
            numbers={madeAgain(plan.data).map((at) => numbers[at] ?? at + 1)}
            isDisabled={faults.length > 0}
          />
        </section>
      </form>
    </Page>
  );
}

function Submit({
  job,
  forget,
  edited,
  idempotencyKey,
  numbers,
  isDisabled,
}: {
  job: JobRead;
  forget: () => void;
  edited: Edited;
  idempotencyKey: string;
  numbers: number[];
  isDisabled: boolean;
}) {
  const navigate = useNavigate();
  const remake = useRemake(job.id);
  const leave = () => {
    forget();
    void navigate(paths.lesson(job.id));
  };
  return (
    <>
      <ProblemNotice error={remake.error} />
      <div className="flex flex-wrap gap-3">
        <Button
          look="primary"
          isDisabled={isDisabled}
          pending={remake.isPending && words.submitting}
          onPress={() => {
            remake.mutate(
              { patch: patchOf(edited), idempotencyKey },
              {
                onSuccess: ({ id }) => {
                  forget();
                  void navigate(paths.lesson(id));
                },
              },
            );
          }}
        >
          {words.submit(numbers)}
        </Button>
        <Button look="quiet" onPress={leave}>
          {words.discard}
        </Button>
      </div>
    </>
  );
}

/** The changes as they are typed, and as they were when typing came to a rest. */
function useChanges(job: JobRead, userId: string) {
  const [edited, setEdited] = useState(() => begunChanges(userId, job));
  const [settled, setSettled] = useState(edited);
  const [isKept, setKept] = useState(true);
  // one key for one wish: handed in twice, it is made once
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey);
  const change = (next: Edited, rests = false) => {
    setEdited(next);
    setIdempotencyKey(newIdempotencyKey());
    if (rests) setSettled(next);
    setKept(keepChanges(userId, job.id, next));
  };
  const settle = () => {
    setSettled(edited);
  };
  return { edited, settled, isKept, change, settle, idempotencyKey };
}
