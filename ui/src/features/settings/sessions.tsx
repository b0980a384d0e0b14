import { useState } from "react";
import type { SessionRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Confirm } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast-queue";
import { Waiting } from "@/components/waiting";
import { useEndAllSessions, useEndSession, useSessions } from "@/features/settings/api/sessions";
import { Section } from "@/components/section";
import { device } from "@/client/device";
import { text } from "@/text";
import { DOT, relative } from "@/text/format";

const words = text.settings.sessions;

export function Component() {
  const sessions = useSessions();
  return (
    <Section title={words.title} lead={words.lead} action={<EndAll />}>
      {sessions.isPending && <Waiting />}
      <ProblemNotice error={sessions.error} again={sessions.refetch} />
      <ul className="divide-y divide-line border-y border-line empty:hidden">
        {sessions.data?.pages
          .flatMap((page) => page.items)
          .toSorted((one, other) => Number(other.current) - Number(one.current))
          .map((each) => (
            <SessionRow key={each.id} session={each} />
          ))}
      </ul>
      {sessions.hasNextPage && (
        <Button className="self-start" onPress={() => void sessions.fetchNextPage()}>
          {text.common.showMore}
        </Button>
      )}
    </Section>
  );
}

function SessionRow({ session }: { session: SessionRead }) {
  const end = useEndSession();
  const name = device(session.user_agent);
  return (
    <li className="flex min-h-18 items-center justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="font-semibold">{name}</p>
        <p className="text-small text-muted">
          {[
            session.current ? words.current : words.lastUsed(relative(session.used_at)),
            session.address && words.from(session.address),
            session.remember && words.remembered,
          ]
            .filter(Boolean)
            .join(DOT)}
        </p>
      </div>
      {!session.current && (
        <Button
          aria-label={words.endOne(name)}
          pending={end.isPending && words.end}
          onPress={() => {
            end.mutate(session.id, {
              onSuccess: () => {
                toast(words.ended);
              },
            });
          }}
        >
          {words.end}
        </Button>
      )}
    </li>
  );
}

function EndAll() {
  const [asked, setAsked] = useState(false);
  const endAll = useEndAllSessions();
  return (
    <>
      <Button
        onPress={() => {
          setAsked(true);
        }}
      >
        {words.endAll}
      </Button>
      <Confirm
        title={words.endAllHeading}
        action={words.endAll}
        isOpen={asked}
        pending={endAll.isPending}
        onConfirm={() => {
          endAll.mutate();
        }}
        onClose={() => {
          setAsked(false);
        }}
      >
        {words.endAllText}
      </Confirm>
    </>
  );
}
