import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import type { JobRead, SceneRead } from "@/client/schema";
import { doing, filling } from "@/features/lesson/making";
import { text } from "@/text";
import { duration, percent } from "@/text/format";

const words = text.lessonPage.scenes;

/** A scene: its words, and how far it is. One that can be watched is played from here. */
export function SceneCard({
  job,
  scene,
  made,
  shown,
  onPlay,
  children,
}: {
  job: JobRead;
  scene: SceneRead;
  /** Whether it was made for this lesson, or found as it was; undefined where nobody asks. */
  made: boolean | undefined;
  shown: boolean;
  onPlay: (() => void) | undefined;
  children: ReactNode;
}) {
  const number = scene.index + 1;
  return (
    <li
      aria-current={shown || undefined}
      className={`flex flex-col gap-2 ${children ? "col-span-full" : ""}`}
    >
      <Filling job={job} scene={scene} />
      <div className="flex items-start justify-between gap-2">
        <h3 className={`font-sans font-semibold ${shown ? "text-accent" : ""}`}>
          {scene.title === null ? (
            words.name(number)
          ) : (
            <>
              <span className="text-muted">{number}</span> {scene.title}
            </>
          )}
        </h3>
        {onPlay && (
          <AriaButton
            onPress={onPlay}
            aria-label={words.play(number)}
            className="-my-1.5 grid size-9 shrink-0 cursor-pointer place-items-center rounded-full text-accent transition-colors data-hovered:bg-accent-soft"
          >
            <Play aria-hidden className="ml-0.5 size-4 fill-current" />
          </AriaButton>
        )}
      </div>
      <p className="text-small text-muted">
        {stateOf(job, scene)}
        {made !== undefined && ` · ${made ? words.madeAgain : words.asBefore}`}
        {shown && ` · ${words.shown}`}
      </p>
      <p className="line-clamp-3 text-small">{scene.narration}</p>
      {children}
    </li>
  );
}

function Filling({ job, scene }: { job: JobRead; scene: SceneRead }) {
  const parts = filling(job, scene).slice(0, job.preview === null ? 3 : 2);
  return (
    <div aria-hidden className="flex h-1.5 gap-0.5 overflow-hidden rounded-full">
      {parts.map((share, part) => (
        <div key={part} className={`bg-line ${part === 0 ? "flex-1" : "flex-2"}`}>
          <div
            className="h-full origin-left bg-accent transition-transform"
            style={{ transform: `scaleX(${share})` }}
          />
        </div>
      ))}
    </div>
  );
}

function stateOf(job: JobRead, scene: SceneRead): string {
  const length = duration(scene.seconds ?? 0);
  const now = doing(job, scene);
  if (now === "speech") return words.state.speaking(percent(scene.progress));
  if (now === "video") return words.state.filming(percent(scene.progress));
  if (scene.status === "written") return words.state.written;
  return scene.status === "filmed" ? words.state.filmed(length) : words.state.spoken(length);
}
