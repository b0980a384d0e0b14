import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import type { JobRead, SceneRead } from "@/client/schema";
import { ScenePicture } from "@/features/lesson/components/scene-picture";
import { doing, filling, hasPictures } from "@/features/lesson/making";
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
  return (
    <li aria-current={shown || undefined} className={layout(hasPictures(job), Boolean(children))}>
      {hasPictures(job) && <ScenePicture scene={scene} />}
      <div className="flex min-w-0 flex-col gap-2">
        <Filling job={job} scene={scene} />
        <Head scene={scene} shown={shown} onPlay={onPlay} />
        <p className="text-small text-muted">
          {[
            stateOf(job, scene),
            ...(made === undefined ? [] : [made ? words.madeAgain : words.asBefore]),
            ...(shown ? [words.shown] : []),
          ].join(" · ")}
        </p>
        <p className="line-clamp-3 text-small">{scene.narration}</p>
      </div>
      {children && <div className="col-span-full">{children}</div>}
    </li>
  );
}

/** On a phone the picture stands beside the words, else over them; a failure needs the whole row. */
function layout(pictured: boolean, failed: boolean): string {
  const columns = failed ? "sm:grid-cols-[15rem_minmax(0,1fr)] 2xl:grid-cols-1" : "sm:grid-cols-1";
  return [
    "grid content-start gap-x-4 gap-y-2",
    pictured ? `grid-cols-[7rem_minmax(0,1fr)] items-start ${columns}` : "",
    failed ? "col-span-full" : "",
  ].join(" ");
}

function Head({
  scene,
  shown,
  onPlay,
}: {
  scene: SceneRead;
  shown: boolean;
  onPlay: (() => void) | undefined;
}) {
  const number = scene.index + 1;
  return (
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
