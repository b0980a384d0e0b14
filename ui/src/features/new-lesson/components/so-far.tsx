import { MockUp } from "@/features/new-lesson/components/mock-up";
import type { Keeper } from "@/features/new-lesson/keeper";
import { firstSlide } from "@/features/new-lesson/plan";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson;

/** Beside every step where there is room: what the lesson has become so far. */
export function SoFar({ keeper }: { keeper: Keeper }) {
  const look = usePart(keeper, ({ plan }) => plan.look);
  const portraitId = usePart(keeper, ({ plan }) => plan.portraitId);
  const slideId = usePart(keeper, ({ plan }) => firstSlide(plan));
  const title = usePart(keeper, ({ plan }) => plan.title.trim());
  const scenes = usePart(keeper, ({ plan }) => plan.scenes.length);
  return (
    <section
      aria-label={words.soFar.title}
      className="sticky top-24 hidden flex-col gap-4 self-start 2xl:flex"
    >
      <MockUp look={look} portraitId={portraitId} slideId={slideId} />
      <div>
        <p className="font-serif text-title font-semibold break-words">{title || words.untitled}</p>
        {scenes > 0 && <p className="text-muted">{words.soFar.scenes(scenes)}</p>}
      </div>
    </section>
  );
}
