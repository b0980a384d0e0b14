import { Plus } from "lucide-react";
import { ButtonLink } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { Waiting } from "@/components/waiting";
import { useRecentJobs } from "@/features/dashboard/api/jobs";
import { FirstLesson } from "@/features/dashboard/components/first-lesson";
import { LessonCard } from "@/features/dashboard/components/lesson-card";
import { MakingCard } from "@/features/dashboard/components/making-card";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { text } from "@/text";

const words = text.dashboard;

export function Component() {
  const me = useMe();
  return (
    <Page
      wide
      title={words.greeting(me?.username ?? "")}
      actions={
        <ButtonLink look="primary" href={paths.newLesson}>
          <Plus aria-hidden className="size-4" />
          {text.shell.newLesson}
        </ButtonLink>
      }
    >
      <Lessons />
    </Page>
  );
}

function Lessons() {
  const { data, error, isPending } = useRecentJobs();
  if (isPending) return <Waiting />;
  if (!data) return <ProblemNotice error={error} />;
  const making = data.items.filter(({ status }) => status === "queued" || status === "running");
  const others = data.items.filter((each) => !making.includes(each));
  return (
    <div className="flex flex-col gap-12">
      <ProblemNotice error={error} />
      {data.items.length === 0 && <FirstLesson />}
      {making.length > 0 && (
        <section>
          <h2 className="mb-4 text-title">{words.making}</h2>
          <ul className="grid gap-4 lg:grid-cols-2 3xl:grid-cols-3">
            {making.map((job) => (
              <MakingCard key={job.id} summary={job} />
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section>
          <h2 className="mb-4 text-title">{words.recent}</h2>
          <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-x-6 gap-y-8">
            {others.map((job) => (
              <LessonCard key={job.id} job={job} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
