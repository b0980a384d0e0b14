import { Plus } from "lucide-react";
import type { JobSummary } from "@/client/schema";
import { ButtonLink } from "@/components/button";
import { TextLink } from "@/components/link";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { Waiting } from "@/components/waiting";
import { useRecentJobs } from "@/features/dashboard/api/jobs";
import { FirstLesson } from "@/features/dashboard/components/first-lesson";
import { LessonCard } from "@/features/dashboard/components/lesson-card";
import { MakingCard } from "@/features/dashboard/components/making-card";
import { Quota } from "@/features/dashboard/components/quota";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { text } from "@/text";

const words = text.dashboard;

export function Component() {
  const me = useMe();
  const jobs = useRecentJobs();
  const begun = jobs.data?.items.length !== 0;
  return (
    <Page wide title={words.greeting(me?.username ?? "")} actions={begun && <NewLesson />}>
      {begun ? (
        <div className="grid grid-cols-1 gap-x-16 gap-y-12 xl:grid-cols-[minmax(0,1fr)_18rem]">
          <div>
            <ProblemNotice error={jobs.error} />
            {jobs.data ? <Lessons jobs={jobs.data.items} /> : jobs.isPending && <Waiting />}
          </div>
          <Quota />
        </div>
      ) : (
        <FirstLesson />
      )}
    </Page>
  );
}

function NewLesson() {
  return (
    <ButtonLink look="primary" href={paths.newLesson}>
      <Plus aria-hidden className="size-4" />
      {text.shell.newLesson}
    </ButtonLink>
  );
}

function Lessons({ jobs }: { jobs: JobSummary[] }) {
  const making = jobs.filter(({ status }) => status === "queued" || status === "running");
  const others = jobs.filter((each) => !making.includes(each));
  return (
    <div className="flex flex-col gap-12">
      {making.length > 0 && (
        <section>
          <h2 className="mb-4 text-title">{words.making}</h2>
          <ul className="grid grid-cols-1 gap-4 lg:grid-cols-2">
            {making.map((job) => (
              <MakingCard key={job.id} summary={job} />
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section>
          <h2 className="mb-4 text-title">{words.recent}</h2>
          <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,16rem),1fr))] gap-x-6 gap-y-8">
            {others.map((job) => (
              <LessonCard key={job.id} job={job} />
            ))}
          </ul>
          <TextLink href={paths.lessons} className="mt-6 inline-block">
            {words.all}
          </TextLink>
        </section>
      )}
    </div>
  );
}
