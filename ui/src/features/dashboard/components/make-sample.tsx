import presenter from "@samples/portrait.svg";
import { useNavigate } from "react-router";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { useMakeSample } from "@/features/dashboard/api/sample";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.dashboard.guide;

/** Makes the sample lesson, and goes to watch it being made. */
export function MakeSample() {
  const navigate = useNavigate();
  const make = useMakeSample();
  return (
    <section className="flex max-w-160 flex-col overflow-hidden 2xl:max-w-none 2xl:flex-row rounded-large border border-line bg-raised shadow-low">
      <img
        src={presenter}
        alt={words.sampleAlt}
        className="aspect-4/3 w-full bg-accent-soft object-cover object-top 2xl:aspect-auto 2xl:w-1/2"
      />
      <div className="flex flex-col items-start gap-4 p-6 2xl:flex-1 2xl:justify-center 2xl:p-8">
        <h2 className="text-title">{words.sampleTitle}</h2>
        <p className="text-muted">{words.sampleLead}</p>
        <ProblemNotice error={make.error} />
        <Button
          pending={make.isPending && words.samplePending}
          onPress={() => {
            make.mutate(undefined, { onSuccess: (job) => navigate(paths.lesson(job.id)) });
          }}
        >
          {words.sampleButton}
        </Button>
      </div>
    </section>
  );
}
