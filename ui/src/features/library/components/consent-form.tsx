import { useState } from "react";
import type { ConsentRead, Statement } from "@/client/schema";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { ProblemNotice } from "@/components/notice";
import { TextField } from "@/components/text-field";
import { useRecordConsent } from "@/features/library/api/consent";
import { consentIn, type ConsentTyped } from "@/features/library/consent";
import { useMe } from "@/session/me";
import { text } from "@/text";

const words = text.library.consent;
const shared = text.newLesson.consent;

/** Asks who is shown or heard, why that may be, what for, and until when. */
export function ConsentForm({
  assetId,
  before,
  onDone,
  onLeave,
}: {
  assetId: string;
  /** What was recorded last, to begin with. */
  before: ConsentRead | null;
  onDone: () => void;
  onLeave?: () => void;
}) {
  const me = useMe();
  const record = useRecordConsent(assetId);
  const [tried, setTried] = useState(false);
  const [typed, setTyped] = useState<ConsentTyped>({
    statement: before?.statement ?? "self",
    person: before?.person ?? null,
    scope: before?.scope ?? words.usualScope,
    until: "",
  });
  const asked = consentIn(typed, me?.username ?? "", new Date());
  const change = (changes: Partial<ConsentTyped>) => {
    setTyped({ ...typed, ...changes });
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!asked.body) return;
        record.mutate(asked.body, { onSuccess: onDone });
      }}
    >
      <Choice
        label={shared.statement}
        options={shared.statements}
        explain={shared.explain}
        value={typed.statement}
        onChange={(statement: Statement) => {
          change({ statement });
        }}
      />
      <TextField
        label={shared.person}
        value={asked.person}
        maxLength={200}
        onChange={(person) => {
          change({ person });
        }}
        error={tried && !asked.person.trim() ? shared.needed : undefined}
      />
      <TextField
        label={words.scope}
        hint={words.scopeHint}
        value={typed.scope}
        maxLength={200}
        onChange={(scope) => {
          change({ scope });
        }}
      />
      <TextField
        label={words.until}
        hint={words.untilHint}
        type="date"
        value={typed.until}
        onChange={(until) => {
          change({ until });
        }}
        error={tried && asked.isPast ? words.untilPast : undefined}
      />
      <ProblemNotice error={record.error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" pending={record.isPending && shared.recording}>
          {shared.record}
        </Button>
        {onLeave && <Button onPress={onLeave}>{words.keep}</Button>}
      </div>
    </form>
  );
}
