import type { ReactNode } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components/RadioGroup";
import type { AssetRead } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { HINT, LABEL } from "@/components/text-field";
import { Thumbnail } from "@/components/thumbnail";
import { Waiting } from "@/components/waiting";
import { useReadyAssets } from "@/features/batches/api/assets";
import { paths } from "@/paths";
import { newBatch } from "@/text/batches";

const words = newBatch.look;
const BUILT_IN = "built-in";

interface Props {
  value: string | null;
  onChange: (id: string | null) => void;
}

/** The portrait that is chosen where nobody chose: the only one that may be used, if there is one. */
export function useOnlyPortrait(): string | null {
  const { data, hasNextPage } = useReadyAssets("portrait");
  const found = data?.pages.flatMap(({ items }) => items).filter(mayBeUsed) ?? [];
  return found.length === 1 && !hasNextPage ? (found[0]?.id ?? null) : null;
}

/** Who presents all lessons of a batch: one of one's portraits that may be used. */
export function Presenter({ value, onChange }: Props) {
  const portraits = useReadyAssets("portrait");
  if (portraits.isPending) return <Waiting />;
  const found = portraits.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="flex flex-col items-start gap-3">
      <ProblemNotice error={portraits.error} />
      {portraits.data && found.length === 0 && (
        <Notice
          kind="warn"
          action={<ButtonLink href={paths.library}>{words.addPortrait}</ButtonLink>}
        >
          {words.noPortraits}
        </Notice>
      )}
      {found.length > 0 && (
        <Picks label={words.presenter} value={value} onChange={onChange}>
          {found.map((asset) => (
            <Pick key={asset.id} asset={asset}>
              <Picture asset={asset} />
            </Pick>
          ))}
        </Picks>
      )}
      {portraits.hasNextPage && (
        <Button onPress={() => void portraits.fetchNextPage()}>{words.more}</Button>
      )}
    </div>
  );
}

/** Whose voice is heard: the built-in one, or one of one's recordings that may be used. */
export function Voice({ value, onChange }: Props) {
  const voices = useReadyAssets("voice");
  const found = voices.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="flex flex-col items-start gap-3">
      <ProblemNotice error={voices.error} />
      <Picks
        label={words.voice}
        value={value ?? BUILT_IN}
        onChange={(id) => {
          onChange(id === BUILT_IN ? null : id);
        }}
      >
        <PickCard id={BUILT_IN}>{words.voices.builtIn}</PickCard>
        {found.map((asset) => (
          <Pick key={asset.id} asset={asset} />
        ))}
      </Picks>
      {value !== null && <p className={HINT}>{words.voiceHint}</p>}
      {voices.hasNextPage && (
        <Button onPress={() => void voices.fetchNextPage()}>{words.more}</Button>
      )}
    </div>
  );
}

function Picks({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string | null;
  onChange: (id: string) => void;
  children: ReactNode;
}) {
  return (
    <RadioGroup value={value} onChange={onChange} className="flex w-full flex-col gap-2">
      <Label className={LABEL}>{label}</Label>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-3 sm:flex sm:flex-wrap">
        {children}
      </div>
      <FieldError className="text-small text-bad" />
    </RadioGroup>
  );
}

function mayBeUsed({ consent_state: consent }: AssetRead): boolean {
  return consent === "valid";
}

/** What may not be used is shown, and why not. */
function Pick({ asset, children }: { asset: AssetRead; children?: ReactNode }) {
  const allowed = mayBeUsed(asset);
  return (
    <PickCard id={asset.id} isDisabled={!allowed}>
      {children}
      <span className="line-clamp-2 break-words">{asset.name}</span>
      {!allowed && <span className="text-warn">{words.consentMissing}</span>}
    </PickCard>
  );
}

function PickCard({
  id,
  isDisabled = false,
  children,
}: {
  id: string;
  isDisabled?: boolean;
  children: ReactNode;
}) {
  return (
    <RadioField value={id} isDisabled={isDisabled} className="sm:w-32">
      <RadioButton className="flex h-full min-h-11 cursor-pointer flex-col justify-center gap-1 rounded border has-[[data-picture]]:justify-start border-control bg-raised p-2 text-small transition-colors data-disabled:cursor-not-allowed data-disabled:border-line data-hovered:bg-sunk data-selected:border-accent data-selected:bg-accent-soft data-selected:outline-1 data-selected:outline-accent data-focus-visible:outline-2 data-focus-visible:outline-offset-2">
        {children}
      </RadioButton>
    </RadioField>
  );
}

function Picture({ asset }: { asset: AssetRead }) {
  return (
    <span
      data-picture
      className="block aspect-square w-full overflow-hidden rounded-small bg-stage"
    >
      <Thumbnail asset={asset} className="size-full object-cover object-top" />
    </span>
  );
}
