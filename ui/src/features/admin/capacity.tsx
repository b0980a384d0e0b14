import { ExternalLink } from "lucide-react";
import type { CapacityRead } from "@/client/schema";
import { ButtonLink } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Section } from "@/components/section";
import { Waiting } from "@/components/waiting";
import { useCapacity } from "@/features/admin/api/capacity";
import { Figures } from "@/features/admin/components/figures";
import { DOT, duration, relative } from "@/text/format";
import { admin } from "@/text/admin";

const words = admin.capacity;

/** How much there is to do, who does it, and how fast. */
export function Component() {
  const { data, error, isPending } = useCapacity();
  return (
    <Section
      title={words.title}
      lead={words.lead}
      action={
        data?.dashboard && (
          <ButtonLink href={data.dashboard} target="_blank" rel="noreferrer">
            <ExternalLink aria-hidden className="size-4" />
            {words.dashboard}
          </ButtonLink>
        )
      }
    >
      {isPending && <Waiting />}
      <ProblemNotice error={error} />
      {data && <Load load={data} />}
    </Section>
  );
}

function Load({ load }: { load: CapacityRead }) {
  const idle = load.lanes.every(({ waiting, running }) => waiting + running === 0);
  return (
    <div className="grid grid-cols-1 gap-10 2xl:grid-cols-2 2xl:gap-x-16">
      <p role="status" className="rounded bg-sunk px-5 py-4 2xl:col-span-2">
        {idle
          ? words.idle
          : words.work(duration(load.work_seconds), duration(load.empty_in_seconds))}
      </p>
      <Figures
        title={words.queue}
        empty={words.idle}
        heads={[words.lane, words.waiting, words.running, words.oldest]}
        rows={load.lanes.map(({ lane, waiting, running, oldest_seconds: oldest }) => [
          words.lanes[lane],
          waiting,
          running,
          waiting > 0 ? duration(oldest) : "–",
        ])}
      />
      <Figures
        title={words.replicas}
        lead={words.changingHint}
        empty={words.noReplicas}
        heads={[words.deployment, words.runningReplicas, words.changing]}
        rows={load.deployments.map(({ deployment, running, changing }) => [
          deployment,
          running,
          changing,
        ])}
      />
      <Figures
        title={words.producers}
        lead={words.producersLead}
        empty={words.noProducers}
        heads={[words.producer, words.jobs, words.lease]}
        rows={load.producers.map(({ name, jobs, leased_until: until }) => [
          name,
          jobs,
          relative(until),
        ])}
      />
      <Figures
        title={words.speeds}
        lead={words.speedsLead}
        empty={words.noSpeeds}
        heads={[words.step, words.measured, words.perSecond]}
        rows={load.speeds.map(({ step, engine, jobs, work_seconds: work }) => [
          stepName(step) + DOT + engine,
          jobs,
          words.seconds(work),
        ])}
      />
      {load.dashboard && <p className="text-small text-muted">{words.dashboardHint}</p>}
    </div>
  );
}

function stepName(step: string): string {
  return step in words.steps ? words.steps[step as keyof typeof words.steps] : step;
}
