import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { KeyMade, KeyRead } from "@/client/schema";
import { Button } from "@/components/button";
import { CopyField } from "@/components/copy-field";
import { Confirm, Dialog, DialogButtons } from "@/components/dialog";
import { Notice, ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast-queue";
import { Waiting } from "@/components/waiting";
import { useKeys, useRevokeKey } from "@/features/settings/api/keys";
import { KeyForm } from "@/features/settings/components/key-form";
import { Section } from "@/components/section";
import { text } from "@/text";
import { day, DOT, listed, relative } from "@/text/format";

const words = text.settings.keys;

export function Component() {
  const keys = useKeys();
  const found = keys.data?.pages.flatMap((page) => page.items);
  return (
    <Section title={words.title} lead={words.lead} action={<MakeKey />}>
      {keys.isPending && <Waiting />}
      <ProblemNotice error={keys.error} again={keys.refetch} />
      {found?.length === 0 && <p className="text-muted">{words.empty}</p>}
      {found && found.length > 0 && (
        <ul className="divide-y divide-line border-y border-line">
          {found.map((each) => (
            <KeyRow key={each.id} apiKey={each} />
          ))}
        </ul>
      )}
      {keys.hasNextPage && (
        <Button className="self-start" onPress={() => void keys.fetchNextPage()}>
          {text.common.showMore}
        </Button>
      )}
    </Section>
  );
}

/** Asks what the key is for, then shows it once. */
function MakeKey() {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<KeyMade | null>(null);
  const close = () => {
    setOpen(false);
    setMade(null);
  };
  return (
    <>
      <Button
        look="primary"
        onPress={() => {
          setOpen(true);
        }}
      >
        {words.make}
      </Button>
      <Dialog title={words.make} isOpen={open && made === null} onClose={close}>
        <KeyForm onMade={setMade} onCancel={close} />
      </Dialog>
      <Dialog title={words.madeTitle} isOpen={made !== null} onClose={close} firm>
        <Notice kind="warn">{words.madeText}</Notice>
        <CopyField label={words.keyLabel} value={made?.key ?? ""} />
        <DialogButtons>
          <Button look="primary" onPress={close}>
            {words.done}
          </Button>
        </DialogButtons>
      </Dialog>
    </>
  );
}

function KeyRow({ apiKey }: { apiKey: KeyRead }) {
  return (
    <li className="flex items-start justify-between gap-4 py-3">
      <KeyRound aria-hidden className="mt-0.5 size-5 shrink-0 text-muted max-sm:hidden" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold break-words">
          {apiKey.name} <code className="font-mono text-small text-muted">{apiKey.hint}…</code>
        </p>
        <p className="text-small text-muted">
          {listed(apiKey.scopes.map((scope) => words.scopeNames[scope]))}
        </p>
        <p className="text-small text-muted">{story(apiKey)}</p>
      </div>
      <Revoke apiKey={apiKey} />
    </li>
  );
}

function story({ created_at, last_used_at, expires_at }: KeyRead): string {
  const used = last_used_at ? words.used(relative(last_used_at)) : words.neverUsed;
  const end = expires_at ? [words.expires(day(expires_at))] : [];
  return [words.created(day(created_at)), used, ...end].join(DOT);
}

function Revoke({ apiKey }: { apiKey: KeyRead }) {
  const [asked, setAsked] = useState(false);
  const revoke = useRevokeKey();
  return (
    <>
      <Button
        aria-label={words.revokeOne(apiKey.name)}
        onPress={() => {
          setAsked(true);
        }}
      >
        {words.revoke}
      </Button>
      <Confirm
        title={words.revokeHeading(apiKey.name)}
        action={words.revoke}
        isOpen={asked}
        pending={revoke.isPending}
        onConfirm={() => {
          revoke.mutate(apiKey.id, {
            onSuccess: () => {
              toast(words.revoked);
            },
          });
        }}
        onClose={() => {
          setAsked(false);
        }}
      >
        {words.revokeText}
      </Confirm>
    </>
  );
}
