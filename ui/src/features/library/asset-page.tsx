import { ArrowLeft, Download, Trash2 } from "lucide-react";
import { useNavigate, useParams } from "react-router";
import { useAsset } from "@/client/assets";
import type { AssetRead } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { TextLink } from "@/components/link";
import { Missing } from "@/components/missing";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { RenamedHeading } from "@/components/rename";
import { Waiting } from "@/components/waiting";
import { useAddress } from "@/features/library/api/download";
import { useRename } from "@/features/library/api/rename";
import { checksOf } from "@/features/library/checks";
import { ConsentPanel } from "@/features/library/components/consent";
import { Content } from "@/features/library/components/content";
import { DeleteDialog, useDeletion } from "@/features/library/components/delete-asset";
import { Panel } from "@/features/library/components/panel";
import { Uses } from "@/features/library/components/uses";
import { addressOf, shelf } from "@/features/library/wanted";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.library;

/** One file of the library: itself, what its check found, whether it may be used, and where it is. */
export function Component() {
  const { id = "" } = useParams();
  const { data: asset, error, refetch } = useAsset(id);
  if (!asset && error)
    return <Missing error={error} to={paths.library} back={words.page.backLabel} again={refetch} />;
  if (!asset) return <Opening />;
  return <Asset key={id} asset={asset} error={error} />;
}

function Opening() {
  return (
    <Page title={words.title}>
      <Waiting>{words.page.opening}</Waiting>
    </Page>
  );
}

function Asset({ asset, error }: { asset: AssetRead; error: unknown }) {
  const renaming = useRename(asset.id);
  return (
    <Page
      wide
      title={asset.name}
      heading={
        <div className="flex min-w-0 flex-1 basis-72 flex-col gap-2">
          <Back asset={asset} />
          <RenamedHeading
            name={asset.name}
            action={words.page.rename(asset.name)}
            label={words.page.renameField}
            renaming={renaming}
          />
        </div>
      }
      actions={<Actions asset={asset} />}
    >
      <ProblemNotice error={error} />
      <div className="grid grid-cols-1 gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1fr)_24rem] lg:grid-rows-[auto_1fr] 2xl:grid-cols-[minmax(0,1fr)_24rem_26rem]">
        <div className="min-w-0">
          <Content asset={asset} />
        </div>
        <div className="flex flex-col gap-10 empty:hidden lg:col-start-2 lg:row-span-2 lg:row-start-1 2xl:col-start-3">
          {asset.status === "ready" && <ConsentPanel asset={asset} />}
          {asset.kind !== "script" && <Uses id={asset.id} />}
        </div>
        <Checks asset={asset} />
      </div>
    </Page>
  );
}

function Back({ asset: { kind } }: { asset: AssetRead }) {
  const search = addressOf(shelf(kind)).toString();
  return (
    <TextLink
      href={search ? `${paths.library}?${search}` : paths.library}
      className="inline-flex items-center gap-1.5 self-start text-small"
    >
      <ArrowLeft aria-hidden className="size-4" />
      {words.page.back[kind]}
    </TextLink>
  );
}

function Actions({ asset }: { asset: AssetRead }) {
  const navigate = useNavigate();
  const address = useAddress(asset);
  const deletion = useDeletion(asset, () => {
    const search = addressOf(shelf(asset.kind)).toString();
    void navigate({ pathname: paths.library, search });
  });
  return (
    <div className="flex flex-wrap items-center gap-2">
      {address.data && (
        <ButtonLink href={address.data.address} download={asset.name}>
          <Download aria-hidden className="size-4" />
          {words.page.download}
        </ButtonLink>
      )}
      <Button onPress={deletion.ask}>
        <Trash2 aria-hidden className="size-4" />
        {words.card.delete}
      </Button>
      <DeleteDialog asset={asset} deletion={deletion} />
    </div>
  );
}

function Checks({ asset }: { asset: AssetRead }) {
  return (
    <Panel title={words.checks.title}>
      <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-6 gap-y-2 sm:grid-cols-[8rem_minmax(0,1fr)] 2xl:grid-cols-[6rem_minmax(0,1fr)]">
        {checksOf(asset).map(([name, found]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd>{found}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
