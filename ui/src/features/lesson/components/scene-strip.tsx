import type { JobRead, SceneRead } from "@/client/schema";
import { Failure } from "@/features/lesson/components/failure";
import { SceneCard } from "@/features/lesson/components/scene-card";
import type { Found } from "@/features/lesson/follow";
import { isOver, stoppedAt } from "@/features/lesson/making";
import type { Timeline } from "@/features/lesson/player/timeline";
import { text } from "@/text";

const words = text.lessonPage.scenes;

/** The scenes of a lesson, each filling from left to right: written, spoken, filmed. */
export function SceneStrip({
  job,
  timeline,
  found,
  shown,
  onPlay,
}: {
  job: JobRead;
  timeline: Timeline;
  found: Found;
  /** The index of the scene that the player shows. */
  shown: number | null;
  onPlay: ((seconds: number) => void) | null;
}) {
  const stopped = stoppedAt(job);
  const play = (scene: SceneRead) => {
    const span = timeline.spans.find(({ index }) => index === scene.index);
    if (!onPlay || !span?.exists) return undefined;
    return () => {
      onPlay(span.start);
    };
  };
  return (
    <section aria-label={words.title} className="flex flex-col gap-4">
      <h2 className="text-title">{words.title}</h2>
      {job.scenes.length === 0 && (
        <p className="text-muted">
          {isOver(job) ? words.noneEver : job.status === "queued" ? words.waiting : words.none}
        </p>
      )}
      <ol className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-x-5 gap-y-6">
        {job.scenes.map((scene) => (
          <SceneCard
            key={scene.index}
            job={job}
            scene={scene}
            made={job.remade_from === null ? undefined : found.get(scene.index)}
            shown={scene.index === shown}
            onPlay={play(scene)}
          >
            {stopped?.index === scene.index && <Failure job={job} />}
          </SceneCard>
        ))}
      </ol>
    </section>
  );
}
