import { AudioLines, FileText, Image, UserRound } from "lucide-react";
import type { AssetRead } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { useGoing } from "@/components/undo";
import { useWanted } from "@/components/use-wanted";
import { Waiting } from "@/components/waiting";
import { useAssets } from "@/features/library/api/assets";
import { AssetCard } from "@/features/library/components/asset-card";
import { AssetRow } from "@/features/library/components/asset-row";
import { Filters } from "@/features/library/components/filters";
import { Shelves } from "@/features/library/components/shelves";
import { UploadArea } from "@/features/library/components/upload-area";
import { addressOf, isNarrowed, shelf, wantedIn, type Wanted } from "@/features/library/wanted";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.library;

/** What whoever is signed in has uploaded. What is shown stands in the address. */
export function Component() {
  const [wanted, change] = useWanted(wantedIn, addressOf);
  const assets = useAssets(wanted);
  const empty = assets.data?.pages[0]?.total === 0 && !isNarrowed(wanted);
  return (
    <Page wide title={words.title}>
      <div className="flex flex-col gap-6">
        <Shelves now={wanted.kind} />
        <UploadArea kind={wanted.kind} />
        {!empty && <Filters key={wanted.kind} wanted={wanted} change={change} />}
        <List wanted={wanted} assets={assets} />
      </div>
    </Page>
  );
}

function List({ wanted, assets }: { wanted: Wanted; assets: ReturnType<typeof useAssets> }) {
  const going = useGoing();
  if (assets.isPending) return <Waiting />;
  if (!assets.data) return <ProblemNotice error={assets.error} again={assets.refetch} />;
  const known = assets.data.pages.flatMap(({ items }) => items);
  const found = known.filter(({ id }) => !going.has(id));
  const total = (assets.data.pages[0]?.total ?? known.length) - (known.length - found.length);
  return (
    <div className="flex flex-col gap-4">
      <ProblemNotice error={assets.error} again={assets.refetch} />
      {found.length === 0 ? (
        <Nothing wanted={wanted} />
      ) : (
        <p role="status" className="text-small text-muted">
          {words.count[wanted.kind](total)}
        </p>
      )}
      <Files wanted={wanted} found={found} />
      {assets.hasNextPage && (
        <Button
          className="self-center"
          pending={assets.isFetchingNextPage && words.loadingMore}
          onPress={() => void assets.fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
    </div>
  );
}

const ICONS = { portrait: UserRound, voice: AudioLines, slide: Image, script: FileText } as const;
const GRIDS = {
  portrait:
    "grid-cols-2 gap-x-4 gap-y-6 sm:grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] sm:gap-x-5 sm:gap-y-8",
  slide: "grid-cols-[repeat(auto-fill,minmax(min(100%,16rem),1fr))] gap-x-6 gap-y-8",
};

function Files({ wanted: { kind }, found }: { wanted: Wanted; found: AssetRead[] }) {
  if (found.length === 0) return null;
  const name = words.kinds[kind];
  if (kind === "portrait" || kind === "slide")
    return (
      <ul aria-label={name} className={`grid ${GRIDS[kind]}`}>
        {found.map((asset) => (
          <AssetCard key={asset.id} asset={asset} />
        ))}
      </ul>
    );
  return (
    <ul aria-label={name} className="divide-y divide-line border-y border-line">
      {found.map((asset) => (
        <AssetRow key={asset.id} asset={asset} />
      ))}
    </ul>
  );
}

function Nothing({ wanted }: { wanted: Wanted }) {
  const narrowed = isNarrowed(wanted);
  const Icon = ICONS[wanted.kind];
  return (
    <div className="flex max-w-prose flex-col items-start gap-4 py-8">
      {!narrowed && <Icon aria-hidden className="size-8 text-muted" />}
      <p className="text-muted">{narrowed ? words.noneFound : words.none[wanted.kind]}</p>
      {narrowed && (
        <ButtonLink href={`${paths.library}?${addressOf(shelf(wanted.kind)).toString()}`}>
          {words.showAll}
        </ButtonLink>
      )}
    </div>
  );
}
