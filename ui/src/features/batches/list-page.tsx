import { Table2 } from "lucide-react";
import { Link } from "react-router";
import type { BatchSummary } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { Progress } from "@/components/progress";
import { Search } from "@/components/search";
import { Select } from "@/components/select";
import { useWanted } from "@/components/use-wanted";
import { Waiting } from "@/components/waiting";
import { useBatches } from "@/features/batches/api/batches";
import { howFar } from "@/features/batches/live";
import { addressOf, wantedIn, type Wanted } from "@/features/batches/wanted";
import { paths } from "@/paths";
import { text } from "@/text";
import { batches as words } from "@/text/batches";
import { DOT, relative } from "@/text/format";

/** All batches of whoever is signed in. What is shown stands in the address. */
export function Component() {
  const [wanted, change] = useWanted(wantedIn, addressOf);
  const batches = useBatches(wanted);
  const empty = batches.data?.pages[0]?.total === 0 && addressOf(wanted).size === 0;
  return (
    <Page
      wide
      title={words.title}
      actions={
        <ButtonLink look="primary" href={paths.newBatch}>
          <Table2 aria-hidden className="size-4" />
          {words.import}
        </ButtonLink>
      }
    >
      <div className="flex flex-col gap-6">
        <p className="-mt-4 max-w-prose text-muted">{words.lead}</p>
        {!empty && <Filters wanted={wanted} change={change} />}
        <List wanted={wanted} batches={batches} />
      </div>
    </Page>
  );
}

function Filters({
  wanted,
  change,
}: {
  wanted: Wanted;
  change: (change: Partial<Wanted>) => void;
}) {
  return (
    <Search
      label={words.search}
      q={wanted.q}
      onSearch={(q) => {
        change({ q });
      }}
    >
      <Select
        label={words.filter}
        options={words.filters}
        value={wanted.show}
        onChange={(show) => {
          change({ show });
        }}
      />
    </Search>
  );
}

function List({ wanted, batches }: { wanted: Wanted; batches: ReturnType<typeof useBatches> }) {
  if (batches.isPending) return <Waiting />;
  const found = batches.data?.pages.flatMap(({ items }) => items);
  return (
    <div className="flex flex-col gap-4">
      <ProblemNotice error={batches.error} again={batches.refetch} />
      {found?.length === 0 && <Nothing narrowed={addressOf(wanted).size > 0} />}
      <ul className="divide-y divide-line border-y border-line empty:hidden">
        {found?.map((batch) => (
          <BatchRow key={batch.id} batch={batch} />
        ))}
      </ul>
      {batches.hasNextPage && (
        <Button
          className="self-center"
          pending={batches.isFetchingNextPage && words.loadingMore}
          onPress={() => void batches.fetchNextPage()}
        >
          {text.common.showMore}
        </Button>
      )}
    </div>
  );
}

function BatchRow({ batch }: { batch: BatchSummary }) {
  const { all, done } = howFar(batch);
  const failed = batch.counts.failed ?? 0;
  const said = [
    batch.finished_at ? words.lessons(all) : words.finishedOf(done, all),
    ...(batch.cancelled_at ? [words.cancelled] : []),
    ...(batch.refused_count > 0 ? [words.refused(batch.refused_count)] : []),
    relative(batch.finished_at ?? batch.created_at),
  ];
  return (
    <li className="flex flex-col gap-x-8 gap-y-1 py-4 lg:flex-row lg:items-baseline">
      <h2 className="min-w-0 flex-1 font-sans font-semibold break-words">
        <Link to={paths.batch(batch.id)} className="rounded-small hover:text-accent">
          {batch.title}
        </Link>
      </h2>
      {batch.finished_at === null && (
        <div className="order-last w-full max-w-80 max-lg:mt-1 lg:order-none lg:self-center">
          <Progress
            hideLabel
            label={words.progressOf(batch.title)}
            value={all > 0 ? done / all : 0}
          />
        </div>
      )}
      <p className="text-small text-muted">
        {failed > 0 && (
          <>
            <span className="text-bad">{words.failed(failed)}</span>
            {DOT}
          </>
        )}
        {said.join(DOT)}
      </p>
    </li>
  );
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  return (
    <div className="flex flex-col items-start gap-4 py-8">
      <p className="text-muted">{narrowed ? words.noneFound : words.none}</p>
      {narrowed && <ButtonLink href={paths.batches}>{words.showAll}</ButtonLink>}
    </div>
  );
}
