import { useState } from "react";
import type { EmbedRead, JobRead } from "@/client/schema";
import { Button } from "@/components/button";
import { CopyField } from "@/components/copy-field";
import { Confirm } from "@/components/dialog";
import { TextLink } from "@/components/link";
import { ProblemNotice } from "@/components/notice";
import { TextField } from "@/components/text-field";
import { toast } from "@/components/toast-queue";
import { useEmbed, useMakeEmbed, useRevokeEmbed } from "@/features/lesson/api/embed";
import { Panel } from "@/features/lesson/components/panel";
import { text } from "@/text";

const words = text.lessonPage.embed;

/** Shows the lesson on other pages, until that is taken back. */
export function Embed({ job }: { job: JobRead }) {
  const { data: embed, error } = useEmbed(job.id);
  return (
    <Panel title={words.title}>
      <ProblemNotice error={error} />
      {embed === null && <Make job={job} />}
      {embed && <Made job={job} embed={embed} />}
    </Panel>
  );
}

function Make({ job }: { job: JobRead }) {
  const [sites, setSites] = useState("");
  const make = useMakeEmbed(job.id);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-small text-muted">{words.lead}</p>
      <ProblemNotice error={make.error} />
      <TextField label={words.sites} hint={words.sitesHint} value={sites} onChange={setSites} />
      <Button
        className="self-start"
        pending={make.isPending && words.making}
        onPress={() => {
          make.mutate(sites.split(/[\s,]+/).filter(Boolean));
        }}
      >
        {words.make}
      </Button>
    </div>
  );
}

function Made({ job, embed }: { job: JobRead; embed: EmbedRead }) {
  const { address, iframe, origins, views } = embed;
  return (
    <div className="flex flex-col gap-4">
      <CopyField label={words.snippet} value={iframe} />
      <CopyField label={words.address} value={address} />
      <p className="text-small text-muted">
        {origins.length > 0 ? words.shownOn(origins.join(", ")) : words.shownAnywhere}
      </p>
      <p className="text-small text-muted">
        {words.views(views)} {words.viewsCounted}
      </p>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <TextLink href={address} target="_blank" rel="noreferrer">
          {words.open}
        </TextLink>
        <Revoke job={job} />
      </div>
    </div>
  );
}

function Revoke({ job }: { job: JobRead }) {
  const [asked, setAsked] = useState(false);
  const revoke = useRevokeEmbed(job.id);
  return (
    <>
      <Button
        onPress={() => {
          setAsked(true);
        }}
      >
        {words.revoke}
      </Button>
      <Confirm
        title={words.revokeHeading}
        action={words.revoke}
        isOpen={asked}
        pending={revoke.isPending}
        onConfirm={() => {
          revoke.mutate(undefined, {
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
