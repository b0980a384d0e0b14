import { useState } from "react";
import type { AssetRead, Statement } from "@/client/schema";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { Notice, ProblemNotice } from "@/components/notice";
import { SpokenConsent } from "@/components/spoken-consent";
import { TextField } from "@/components/text-field";
import { useRecordConsent } from "@/features/new-lesson/api/assets";
import { useMe } from "@/session/me";
import { text } from "@/text";
import { relative } from "@/text/format";

const words = text.newLesson.consent;

/** Who is shown or heard, and why that may be. */
export function Consent({ asset }: { asset: AssetRead }) {
  const { consent, consent_state: state, kind } = asset;
  if (state === "valid" && consent)
    return (
      <div className="flex flex-col gap-4">
        <Notice kind="good">
          <p>{words.recorded(consent.person, words.why[consent.statement])}</p>
          <p className="text-small text-muted first-letter:uppercase">
            {relative(consent.recorded_at)}. {words.revocable}
          </p>
        </Notice>
        <SpokenConsent asset={asset} />
      </div>
    );
  const isVoice = kind === "voice";
  return (
    <section className="flex flex-col gap-4 rounded border border-line bg-raised p-5">
      <header>
        <h3 className="font-sans font-semibold">
          {isVoice ? words.voiceTitle : words.portraitTitle}
        </h3>
        <p className="mt-1 max-w-prose text-muted">{isVoice ? words.voice : words.portrait}</p>
      </header>
      <ConsentForm assetId={asset.id} />
    </section>
  );
}

function ConsentForm({ assetId }: { assetId: string }) {
  const me = useMe();
  const record = useRecordConsent(assetId);
  const [statement, setStatement] = useState<Statement>("self");
  const [typed, setTyped] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const person = typed ?? (statement === "self" ? (me?.username ?? "") : "");
  const lacking = !person.trim();
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!lacking) record.mutate({ statement, person: person.trim() });
      }}
    >
      <Choice
        label={words.statement}
        options={words.statements}
        explain={words.explain}
        value={statement}
        onChange={setStatement}
      />
      <TextField
        label={words.person}
        value={person}
        maxLength={200}
        onChange={setTyped}
        error={tried && lacking ? words.needed : undefined}
      />
      <ProblemNotice error={record.error} />
      <Button type="submit" className="self-start" pending={record.isPending && words.recording}>
        {words.record}
      </Button>
    </form>
  );
}
