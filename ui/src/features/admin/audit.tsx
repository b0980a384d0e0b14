import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { device } from "@/client/device";
import type { AuditRead } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Section } from "@/components/section";
import { TextField } from "@/components/text-field";
import { Waiting } from "@/components/waiting";
import { useAudit } from "@/features/admin/api/audit";
import { Actor } from "@/features/admin/components/actor";
import { auditAddressOf, auditWantedIn, type AuditWanted } from "@/features/admin/audit-wanted";
import { paths } from "@/paths";
import { DOT, moment } from "@/text/format";
import { admin } from "@/text/admin";

const words = admin.audit;

/** Who did what and when. What is shown stands in the address. */
export function Component() {
  const [address, setAddress] = useSearchParams();
  const [cleared, setCleared] = useState(0);
  const wanted = auditWantedIn(address);
  const ask = (asked: AuditWanted) => {
    setAddress(auditAddressOf(asked), { replace: true, preventScrollReset: true });
  };
  const clear = () => {
    ask(auditWantedIn(new URLSearchParams()));
    setCleared(cleared + 1);
  };
  return (
    <Section title={words.title} lead={words.lead}>
      <Filters key={cleared} wanted={wanted} ask={ask} />
      {address.size > 0 && (
        <Button className="self-start" onPress={clear}>
          {words.clear}
        </Button>
      )}
      <Acts wanted={wanted} />
    </Section>
  );
}

/** The fields keep what is typed; the address follows. */
function Filters({ wanted, ask }: { wanted: AuditWanted; ask: (wanted: AuditWanted) => void }) {
  const [typed, setTyped] = useState(wanted);
  const field = (name: keyof AuditWanted) => ({
    value: typed[name],
    onChange: (value: string) => {
      const next = { ...typed, [name]: value };
      setTyped(next);
      ask(next);
    },
  });
  return (
    <search className="grid grid-cols-2 items-start gap-4 max-sm:*:nth-[-n+3]:col-span-2 xl:grid-cols-3 2xl:grid-cols-5">
      <TextField label={words.action} hint={words.actionHint} {...field("action")} />
      <TextField label={words.target} hint={words.targetHint} {...field("target")} />
      <TextField label={words.who} hint={words.whoHint} {...field("who")} />
      <TextField type="date" label={words.after} {...field("after")} />
      <TextField type="date" label={words.before} {...field("before")} />
    </search>
  );
}

function Acts({ wanted }: { wanted: AuditWanted }) {
  const acts = useAudit(wanted);
  if (acts.isPending) return <Waiting />;
  const found = acts.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <ProblemNotice error={acts.error} again={acts.refetch} />
      {found?.length === 0 && <p className="text-muted">{words.none}</p>}
      <ol className="divide-y divide-line border-y border-line empty:hidden">
        {found?.map((act) => (
          <Act key={act.id} act={act} />
        ))}
      </ol>
      {acts.hasNextPage && (
        <Button className="self-start" onPress={() => void acts.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  );
}

function Act({ act }: { act: AuditRead }) {
  const details = Object.entries(act.details).map(
    ([name, value]) => [name.replaceAll("_", " "), JSON.stringify(value)] as const,
  );
  return (
    <li className="flex flex-col gap-1 py-3">
      <p className="flex flex-wrap items-baseline justify-between gap-x-6">
        <strong className="font-semibold">{act.action}</strong>
        <time dateTime={act.created_at} className="text-small text-muted tabular-nums">
          {moment(act.created_at)}
        </time>
      </p>
      <p className="text-small wrap-anywhere">
        <Target target={act.target} />
        {details.map(([name, value]) => (
          <span key={name} className="text-muted">
            {DOT}
            {name} <code className="text-[0.9em]">{value}</code>
          </span>
        ))}
      </p>
      <p className="text-small break-words text-muted">
        {act.actor_id ? <Actor id={act.actor_id} /> : words.nobody}
        {act.key_id && ` ${words.byKey}`} {words.from(act.address)}
        {act.agent && DOT + device(act.agent)}
      </p>
    </li>
  );
}

function Target({ target }: { target: string }) {
  const [kind, id = ""] = target.split(":");
  if (kind !== "user" || id === "unknown") return target;
  return (
    <Link to={paths.adminUser(id)} className="rounded-small underline underline-offset-3">
      {target}
    </Link>
  );
}
