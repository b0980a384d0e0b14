import { useAsset, useAssetAddress } from "@/client/assets";
import type { AssetRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Camera } from "@/components/camera";
import { FaceBox } from "@/components/face-box";
import { ProblemNotice } from "@/components/notice";
import { Thumbnail } from "@/components/thumbnail";
import { Waiting } from "@/components/waiting";
import { useLibrary } from "@/features/new-lesson/api/assets";
import { Consent } from "@/features/new-lesson/components/consent";
import { StepSection } from "@/features/new-lesson/components/section";
import { Earlier, TakeFile } from "@/features/new-lesson/components/take-file";
import type { Keeper } from "@/features/new-lesson/keeper";
import { usePlan } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.presenter;
const PICTURES = ["image/jpeg", "image/png", "image/webp"];

export function PresenterStep({ keeper }: { keeper: Keeper }) {
  const { plan, change } = usePlan(keeper);
  return (
    <StepSection title={words.title} lead={words.lead}>
      {plan.portraitId === null ? (
        <Pick
          onPick={(portraitId) => {
            change({ portraitId });
          }}
        />
      ) : (
        <Picked
          id={plan.portraitId}
          onLeave={() => {
            change({ portraitId: null });
          }}
        />
      )}
    </StepSection>
  );
}

function Pick({ onPick }: { onPick: (id: string) => void }) {
  const library = useLibrary("portrait");
  const pick = ({ id }: AssetRead) => {
    onPick(id);
  };
  return (
    <>
      <TakeFile
        kind="portrait"
        accept={PICTURES}
        prompt={words.drop}
        choose={words.choose}
        make={(take, pending) => <Camera name={words.shot} pending={pending} onUse={take} />}
        onDone={pick}
      />
      <Earlier assets={library.data?.items ?? []} say={words.use} onChoose={pick}>
        {(asset) => <Small asset={asset} />}
      </Earlier>
    </>
  );
}

function Small({ asset }: { asset: AssetRead }) {
  return (
    <span className="block size-32 overflow-hidden rounded-small bg-stage">
      <Thumbnail asset={asset} className="size-full object-cover object-top" />
    </span>
  );
}

function Picked({ id, onLeave }: { id: string; onLeave: () => void }) {
  const { data: asset, error } = useAsset(id);
  return (
    <div className="grid items-start gap-6 md:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <div className="flex flex-col items-start gap-3">
        {asset ? <Portrait asset={asset} /> : !error && <Waiting />}
        <ProblemNotice error={error} />
        <Button onPress={onLeave}>{text.newLesson.upload.remove}</Button>
      </div>
      {asset && <Consent asset={asset} />}
    </div>
  );
}

function Portrait({ asset }: { asset: AssetRead }) {
  const address = useAssetAddress(asset.id);
  return (
    <figure className="w-full">
      <div className="relative overflow-hidden rounded-large bg-stage">
        {address.data && (
          <img src={address.data.address} alt={words.alt(asset.name)} className="block w-full" />
        )}
        {address.data && <FaceBox details={asset.details} />}
      </div>
      <figcaption className="mt-2 text-small break-words text-muted">
        {asset.name}. {words.face}
      </figcaption>
    </figure>
  );
}
