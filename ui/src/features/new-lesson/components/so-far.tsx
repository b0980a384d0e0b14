import { MockUp } from "@/features/new-lesson/components/mock-up";
import type { Keeper } from "@/features/new-lesson/keeper";
import { firstSlide, type PlannedScene } from "@/features/new-lesson/plan";
import { roughSeconds } from "@/features/new-lesson/scenes";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.newLesson;

/** Beside every step where there is room: what the lesson has become so far. */
export function SoFar({ keeper }: { keeper: Keeper }) {
  const look = usePart(keeper, ({ plan }) => plan.look);
  const portraitId = usePart(keeper, ({ plan }) => plan.portraitId);
  const slideId = usePart(keeper, ({ plan }) => firstSlide(plan));
  const title = usePart(keeper, ({ plan }) => plan.title.trim());
  const extent = usePart(keeper, ({ plan }) => extentOf(plan.scenes));
  return (
    <section
      aria-label={words.soFar.title}
      className="sticky top-24 hidden flex-col gap-4 self-start 2xl:flex"
    >
      <MockUp look={look} portraitId={portraitId} slideId={slideId} />
      <div>
        <p className="font-serif text-title font-semibold break-words">{title || words.untitled}</p>
        {extent && <p className="text-muted">{extent}</p>}
      </div>
    </section>
  );
}

/** “3 scenes, about 40 seconds”. */
function extentOf(scenes: readonly PlannedScene[]): string {
  if (scenes.length === 0) return "";
  const seconds = scenes.reduce((sum, { narration }) => sum + roughSeconds(narration), 0);
  const count = words.soFar.scenes(scenes.length);
  return seconds < 1 ? count : `${count}, ${words.script.about(duration(seconds))}`;
}
