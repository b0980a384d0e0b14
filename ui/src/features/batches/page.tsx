import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { useParams } from "react-router";
import type { BatchRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Confirm } from "@/components/dialog";
import { TextLink } from "@/components/link";
import { Missing } from "@/components/missing";
import { Notice } from "@/components/notice";
import { Page } from "@/components/page";
import { Progress } from "@/components/progress";
import { toast } from "@/components/toast-queue";
import { Waiting } from "@/components/waiting";
import { useBatch } from "@/features/batches/api/batches";
import { useCancelBatch, useRetryBatch } from "@/features/batches/api/go-on";
import { Items } from "@/features/batches/components/items";
import { RefusedRows } from "@/features/batches/components/refused-rows";
import { TakeAway } from "@/features/batches/components/take-away";
import { howFar, useLiveBatch } from "@/features/batches/live";
import { paths } from "@/paths";
import { text } from "@/text";
import { batches, batchPage as words } from "@/text/batches";
import { DOT, relative, timeLeft } from "@/text/format";

/** One batch, as it happens. */
export function Component() {
  const { id = "" } = useParams();
  const { data: batch, error, refetch } = useBatch(id);
  if (batch) return <Batch batch={batch} />;
  if (error) return <Missing error={error} to={paths.batches} back={words.back} again={refetch} />;
  return (
    <Page title={batches.title}>
      <Waiting />
    </Page>
  );
}

function Batch({ batch }: { batch: BatchRead }) {
  const line = useLiveBatch(batch);
  return (
    <Page
      wide
      title={batch.title}
      heading={<Title batch={batch} />}
      actions={<Actions batch={batch} />}
    >
      <div className="flex flex-col gap-8">
        {line.state === "waiting" && <Notice kind="warn">{words.cut}</Notice>}
        <HowFar batch={batch} />
        <div className="grid items-start gap-10 lg:grid-cols-[minmax(0,1fr)_20rem] 2xl:gap-16 2xl:grid-cols-[minmax(0,1fr)_24rem]">
          <div className="flex min-w-0 flex-col gap-10">
            <RefusedRows rows={batch.refused} />
            <Items batch={batch} />
          </div>
          <TakeAway batch={batch} />
        </div>
      </div>
    </Page>
  );
}

function Title({ batch }: { batch: BatchRead }) {
  return (
    <div className="flex min-w-0 flex-1 basis-72 flex-col items-start gap-2">
      <TextLink href={paths.batches} className="inline-flex items-center gap-1.5 text-small">
        <ArrowLeft aria-hidden className="size-4" />
        {words.back}
      </TextLink>
      <h1 className="max-w-full text-heading break-words">{batch.title}</h1>
      <p className="text-small text-muted">{words.created(relative(batch.created_at))}</p>
    </div>
  );
}

function HowFar({ batch }: { batch: BatchRead }) {
  const { all, done } = howFar(batch);
  const over = batch.finished_at !== null;
  const { succeeded = 0, failed = 0, cancelled = 0 } = batch.counts;
  const said = [
    over ? words.doneHeading : words.makingHeading,
    over ? words.readyOf(succeeded, all) : batches.finishedOf(done, all),
    ...(failed > 0 ? [batches.failed(failed)] : []),
    ...(cancelled > 0 ? [`${cancelled} ${text.lesson.status.cancelled.toLowerCase()}`] : []),
    ...(batch.refused_count > 0 ? [batches.refused(batch.refused_count)] : []),
  ];
  return (
    <section aria-label={words.progress} className="flex flex-col gap-3 rounded bg-sunk p-5">
      <Progress hideLabel label={words.progress} value={all > 0 ? done / all : 0} />
      <p role="status" className="flex flex-wrap justify-between gap-x-4">
        <span>{said.join(DOT)}</span>
        {!over && batch.seconds_left !== null && (
          <span className="text-muted">{timeLeft(batch.seconds_left)}</span>
        )}
      </p>
      {!over && <p className="text-small text-muted">{words.waits}</p>}
    </section>
  );
}

function Actions({ batch }: { batch: BatchRead }) {
  const failed = batch.counts.failed ?? 0;
  const retry = useRetryBatch(batch.id);
  return (
    <div className="flex flex-wrap gap-3">
      {failed > 0 && (
        <Button
          look="primary"
          pending={retry.isPending && words.retry(failed)}
          onPress={() => {
            retry.mutate(undefined, {
              onSuccess: () => {
                toast(words.retrying(failed));
              },
            });
          }}
        >
          {words.retry(failed)}
        </Button>
      )}
      {batch.finished_at === null && <Cancel batch={batch} />}
    </div>
  );
}

function Cancel({ batch }: { batch: BatchRead }) {
  const [asked, setAsked] = useState(false);
  const cancel = useCancelBatch(batch.id);
  const { all, done } = howFar(batch);
  const close = () => {
    setAsked(false);
  };
  return (
    <>
      <Button
        onPress={() => {
          setAsked(true);
        }}
      >
        {words.cancel}
      </Button>
      <Confirm
        title={words.cancelHeading}
        action={words.cancel}
        isOpen={asked}
        pending={cancel.isPending}
        onConfirm={() => {
          cancel.mutate(undefined, {
            onSuccess: () => {
              toast(words.cancelling);
            },
            onSettled: close,
          });
        }}
        onClose={close}
      >
        {words.cancelText(all - done)}
      </Confirm>
    </>
  );
}
