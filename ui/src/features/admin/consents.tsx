import type { ConsentWaiting } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Section } from "@/components/section";
import { Waiting } from "@/components/waiting";
import { useUnprovedConsents } from "@/features/admin/api/consents";
import { Actor } from "@/features/admin/components/actor";
import { ListenTo } from "@/features/admin/components/listen-to";
import { Vouch } from "@/features/admin/components/vouch";
import { DOT, day, relative } from "@/text/format";
import { admin } from "@/text/admin";

const words = admin.consents;

/** What was agreed to and not proved: administrators listen, and vouch. */
export function Component() {
  const consents = useUnprovedConsents();
  if (consents.isPending) return <Waiting />;
  const found = consents.data?.pages.flatMap(({ items }) => items);
  return (
    <Section title={words.title} lead={words.lead}>
      <ProblemNotice error={consents.error} again={consents.refetch} />
      {found?.length === 0 && <p className="text-muted">{words.none}</p>}
      <ul className="divide-y divide-line border-y border-line empty:hidden">
        {found?.map((consent) => (
          <Row key={consent.id} consent={consent} />
        ))}
      </ul>
      {consents.hasNextPage && (
        <Button className="self-start" onPress={() => void consents.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </Section>
  );
}

function Row({ consent }: { consent: ConsentWaiting }) {
  const { person, statement, scope, recorded_by: by, expires_at: until } = consent;
  return (
    <li className="flex flex-col gap-3 py-4">
      <div className="flex flex-col gap-1">
        <p className="break-words">
          <strong className="font-semibold">{person}</strong> {words.statements[statement]}
        </p>
        <p className="text-small break-words">{words.scope(scope)}</p>
        <p className="text-small text-muted">
          {words.stated(relative(consent.recorded_at))} {by ? <Actor id={by} /> : words.nobodyNow}
          {until && DOT + words.until(day(until))}
        </p>
        <p className="text-small text-muted">
          {consent.pending_reason ? words.reasons[consent.pending_reason] : words.nothingSpoken}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        {consent.recording && <ListenTo consent={consent} />}
        <Vouch consent={consent} />
      </div>
    </li>
  );
}
