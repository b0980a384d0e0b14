import type { ReactNode } from "react";
import { useParams } from "react-router";
import type { UserState } from "@/client/schema";
import { TextLink } from "@/components/link";
import { MissingSection } from "@/components/missing";
import { Notice, ProblemNotice } from "@/components/notice";
import { Section } from "@/components/section";
import { UsageReport } from "@/components/usage-report";
import { Waiting } from "@/components/waiting";
import { useUser, useUserUsage } from "@/features/admin/api/users";
import { AccountSwitch } from "@/features/admin/components/account-switch";
import { QuotaForm } from "@/features/admin/components/quota-form";
import { ResetPassword } from "@/features/admin/components/reset-password";
import { RoleChoice } from "@/features/admin/components/role-choice";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { DOT, relative } from "@/text/format";
import { admin } from "@/text/admin";

const words = admin.user;

/** One account: its role, its quotas and what is used of them, its password. */
export function Component() {
  const { id = "" } = useParams();
  const { data: user, error, refetch } = useUser(id);
  if (user) return <User key={user.id} user={user} />;
  if (error)
    return <MissingSection error={error} to={paths.admin} back={words.back} again={refetch} />;
  return (
    <Section title={admin.users.title}>
      <Waiting />
    </Section>
  );
}

function User({ user }: { user: UserState }) {
  const me = useMe();
  return (
    <Section title={user.username} lead={user.email}>
      <p className="-mt-3 text-small text-muted">
        <TextLink href={paths.admin}>{words.back}</TextLink>
        {DOT}
        <TextLink href={`${paths.adminAudit}?who=${user.id}`}>{words.trail}</TextLink>
        {me?.id === user.id && ` · ${words.you}`}
      </p>
      {user.disabled_at && (
        <Notice kind="warn">{words.isDisabled(relative(user.disabled_at))}</Notice>
      )}
      <div className="grid grid-cols-1 gap-10 2xl:grid-cols-2 2xl:gap-x-16">
        <Part title={words.role} lead={words.roleLead}>
          <RoleChoice user={user} />
        </Part>
        <Part title={words.quotas} lead={words.quotasLead}>
          <QuotaForm user={user} />
        </Part>
        <Part title={words.usage}>
          <Usage userId={user.id} />
        </Part>
        <Part title={words.password} lead={words.passwordLead}>
          <ResetPassword user={user} />
        </Part>
        <Part title={words.account}>
          <AccountSwitch user={user} />
        </Part>
      </div>
    </Section>
  );
}

function Part({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section className="flex flex-col items-start gap-4 border-t border-line pt-6">
      <header>
        <h3 className="text-lead">{title}</h3>
        {lead && <p className="text-small text-muted">{lead}</p>}
      </header>
      {children}
    </section>
  );
}

function Usage({ userId }: { userId: string }) {
  const { data, error } = useUserUsage(userId);
  if (data)
    return (
      <div className="w-full max-w-2xl">
        <UsageReport usage={data} />
      </div>
    );
  return error ? <ProblemNotice error={error} /> : <Waiting />;
}
