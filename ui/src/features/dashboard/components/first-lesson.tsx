import { text } from "@/text";
import { ButtonLink } from "@/components/button";
import { paths } from "@/paths";
import { MakeSample } from "@/features/dashboard/components/make-sample";

const words = text.dashboard.guide;

/** For somebody without a lesson: what makes one, and one to see first. */
export function FirstLesson() {
  return (
    <div className="grid items-start gap-10 lg:grid-cols-[3fr_2fr] 2xl:grid-cols-2">
      <section>
        <h2 className="text-title">{words.title}</h2>
        <p className="mt-2 max-w-prose text-muted">{words.lead}</p>
        <ol className="mt-6 flex flex-col gap-6">
          {words.steps.map((step, index) => (
            <li key={step.title} className="flex gap-4">
              <span
                aria-hidden
                className="grid size-9 shrink-0 place-items-center rounded-full bg-accent-soft font-serif font-semibold text-accent"
              >
                {index + 1}
              </span>
              <div>
                <h3 className="font-sans font-semibold">{step.title}</h3>
                <p className="max-w-prose text-muted">{step.text}</p>
              </div>
            </li>
          ))}
        </ol>
        <ButtonLink look="primary" href={paths.newLesson} className="mt-8">
          {words.begin}
        </ButtonLink>
      </section>
      <MakeSample />
    </div>
  );
}
