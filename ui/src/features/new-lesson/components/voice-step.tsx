import * as z from "zod/mini";
import { useAsset, useAssetAddress } from "@/client/assets";
import type { AssetRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { Notice, ProblemNotice } from "@/components/notice";
import { Recorder } from "@/components/recorder";
import { Select } from "@/components/select";
import { HINT } from "@/components/text-field";
import { Waiting } from "@/components/waiting";
import { useLibrary } from "@/features/new-lesson/api/assets";
import { Consent } from "@/features/new-lesson/components/consent";
import { StepSection } from "@/features/new-lesson/components/section";
import { Earlier, TakeFile } from "@/features/new-lesson/components/take-file";
import type { Keeper } from "@/features/new-lesson/keeper";
import { usePlan } from "@/features/new-lesson/use-plan";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.newLesson.voice;
/** What is read lasts longer; the longer it is, the more the voice is like the speaker's. */
const LEAST_SECONDS = 5;
const MOST_SECONDS = 60;
const found = z.object({ speech_seconds: z.number() });

export function VoiceStep({ keeper }: { keeper: Keeper }) {
  const { plan, change } = usePlan(keeper);
  return (
    <StepSection title={words.title}>
      <Choice
        label={words.which}
        options={{ "built-in": words.builtIn, own: words.own }}
        explain={{ "built-in": words.builtInExplained, own: words.ownExplained }}
        value={plan.voice}
        onChange={(voice) => {
          change({ voice });
        }}
      />
      <div className="flex max-w-sm flex-col gap-1.5">
        <Select
          label={words.language}
          options={words.languages}
          value={plan.language}
          onChange={(language) => {
            change({ language });
          }}
        />
        {plan.language !== "en-us" && <p className={HINT}>{words.languageExplained}</p>}
      </div>
      {plan.voice === "own" && (
        <>
          <Notice>
            <p className="font-semibold">{words.badge}</p>
            <p className="text-small text-muted">{words.badgeExplained}</p>
          </Notice>
          <OwnVoice
            id={plan.voiceId}
            change={(voiceId) => {
              change({ voiceId });
            }}
          />
        </>
      )}
    </StepSection>
  );
}

function OwnVoice({ id, change }: { id: string | null; change: (id: string | null) => void }) {
  const { data: asset, error } = useAsset(id);
  if (id === null)
    return (
      <Pick
        onPick={(picked) => {
          change(picked.id);
        }}
      />
    );
  return (
    <div className="flex flex-col items-start gap-4">
      {asset ? <Sample asset={asset} /> : !error && <Waiting />}
      <ProblemNotice error={error} />
      <Button
        onPress={() => {
          change(null);
        }}
      >
        {text.newLesson.upload.remove}
      </Button>
      {asset && (
        <div className="w-full">
          <Consent asset={asset} />
        </div>
      )}
    </div>
  );
}

function Pick({ onPick }: { onPick: (asset: AssetRead) => void }) {
  const library = useLibrary("voice");
  return (
    <>
      <TakeFile
        kind="voice"
        accept={["audio/*"]}
        prompt={words.drop}
        choose={words.choose}
        make={(take, pending) => (
          <section className="flex flex-col gap-3">
            <h3 className="font-sans font-semibold">{words.record}</h3>
            <Recorder
              name={words.recordedName}
              leastSeconds={LEAST_SECONDS}
              mostSeconds={MOST_SECONDS}
              pending={pending}
              onUse={take}
            >
              {words.readThis}
            </Recorder>
          </section>
        )}
        onDone={onPick}
      />
      <Earlier assets={library.data?.items ?? []} say={words.use} onChoose={onPick}>
        {(asset) => <span className="text-small text-muted">{lengthOf(asset)}</span>}
      </Earlier>
    </>
  );
}

function Sample({ asset }: { asset: AssetRead }) {
  const address = useAssetAddress(asset.id);
  return (
    <figure className="flex flex-col gap-2">
      <figcaption>
        <span className="break-words">{asset.name}</span>{" "}
        <span className="text-small text-muted">{lengthOf(asset)}</span>
      </figcaption>
      {address.data && (
        <audio
          controls
          preload="metadata"
          src={address.data.address}
          aria-label={words.listen(asset.name)}
        />
      )}
    </figure>
  );
}

function lengthOf({ details }: AssetRead): string {
  const { data } = found.safeParse(details);
  return data ? words.length(duration(data.speech_seconds)) : "";
}
