import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, fetchSigned } from "@/client/api";
import { keys } from "@/client/keys";
import { problemOf } from "@/client/problem";
import type { AssetRead, ConsentRead, PhraseRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { Recorder } from "@/components/recorder";
import { Select } from "@/components/select";
import { text } from "@/text";

const words = text.spokenConsent;
const LEAST_SECONDS = 5;
const MOST_SECONDS = 60;

type Language = keyof typeof words.languages;

/** How far the consent for a voice is proved, and the way to prove it. Nothing where there is no
 * consent that holds. */
export function SpokenConsent({ asset }: { asset: AssetRead }) {
  const { consent, consent_state: state, kind } = asset;
  if (kind !== "voice" || state !== "valid" || !consent) return null;
  if (consent.state === "verified")
    return <Notice kind="good">{consent.verified_by ? words.vouched : words.verified}</Notice>;
  return (
    <section className="flex flex-col gap-4 rounded border border-line p-5">
      <h3 className="font-sans font-semibold">{words.title}</h3>
      {consent.pending_reason ? (
        <Notice kind="warn">{words.pending[consent.pending_reason]}</Notice>
      ) : (
        <p className="max-w-prose text-muted">{words.why}</p>
      )}
      <Proof assetId={asset.id} />
    </section>
  );
}

function Proof({ assetId }: { assetId: string }) {
  const [language, setLanguage] = useState<Language>("en");
  const phrase = usePhrase(assetId);
  const speak = useSpeak(assetId);
  // whatever was spoken for them, the words are spent
  const shown = speak.isError ? null : phrase.data;
  const show = () => {
    speak.reset();
    phrase.mutate(language);
  };
  return (
    <>
      <ProblemNotice error={speak.error ?? phrase.error} />
      {shown ? (
        <ReadAloud phrase={shown} pending={speak.isPending} onUse={speak.mutate} />
      ) : (
        <>
          <Select
            label={words.language}
            options={words.languages}
            value={language}
            onChange={setLanguage}
          />
          <Button className="self-start" pending={phrase.isPending && words.asking} onPress={show}>
            {speak.isError ? words.again : words.ask}
          </Button>
        </>
      )}
    </>
  );
}

function ReadAloud({
  phrase,
  pending,
  onUse,
}: {
  phrase: PhraseRead;
  pending: boolean;
  onUse: (spoken: Spoken) => void;
}) {
  return (
    <>
      <p className="text-small text-muted">{words.good}</p>
      <Recorder
        name={words.file}
        leastSeconds={LEAST_SECONDS}
        mostSeconds={MOST_SECONDS}
        pending={pending && words.listening}
        onUse={(file) => {
          onUse({ phraseId: phrase.id, file });
        }}
      >
        <span lang={phrase.language}>{phrase.text}</span>
      </Recorder>
    </>
  );
}

interface Spoken {
  phraseId: string;
  file: File;
}

function usePhrase(assetId: string) {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (language: Language) =>
      call(
        api.POST("/api/assets/{asset_id}/consent/phrase", {
          params: { path: { asset_id: assetId } },
          body: { language },
        }),
      ),
  });
}

function useSpeak(assetId: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (spoken: Spoken) => send(assetId, spoken),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.asset(assetId) }),
  });
}

async function send(assetId: string, { phraseId, file }: Spoken): Promise<ConsentRead> {
  const body = new FormData();
  body.set("phrase_id", phraseId);
  body.set("file", file, file.name);
  const address = new URL(`/api/assets/${assetId}/consent/spoken`, location.origin);
  const response = await fetchSigned(new Request(address, { method: "POST", body }));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as ConsentRead;
}
