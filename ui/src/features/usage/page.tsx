import { ProblemNotice } from "@/components/notice";
import { Section } from "@/components/section";
import { UsageReport } from "@/components/usage-report";
import { Waiting } from "@/components/waiting";
import { useUsage } from "@/features/usage/api/usage";
import { usage as words } from "@/text/usage";

/** What one has made and has, and what is left. */
export function Component() {
  const { data, error, isPending } = useUsage();
  return (
    <Section title={words.title} lead={words.lead}>
      {isPending && <Waiting />}
      <ProblemNotice error={error} />
      {data && <UsageReport usage={data} />}
    </Section>
  );
}
