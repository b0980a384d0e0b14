import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { JobRead } from "@/client/schema";
import { exportsQuery, useExports } from "@/features/lesson/api/exports";
import { SceneStrip } from "@/features/lesson/components/scene-strip";
import type { Found } from "@/features/lesson/follow";
import { isOver } from "@/features/lesson/making";
import { Player, SHAPES } from "@/features/lesson/player/player";
import { spanAt, timelineOf } from "@/features/lesson/player/timeline";
import { usePlayback } from "@/features/lesson/player/use-playback";
import type { Source } from "@/features/lesson/player/use-source";
import { text } from "@/text";

const words = text.lessonPage.player;

/**
 * The lesson and its scenes: as much of it as there is. On a phone, `beside` stands between, but for
 * what of it is ordered last; where
 * there is room, the scenes stand beside the lesson, which stays in sight.
 */
export function Watch({ job, found, beside }: { job: JobRead; found: Found; beside: ReactNode }) {
  const timeline = timelineOf(job.scenes);
  const playback = usePlayback(timeline);
  const source = useLessonSource(job);
  const captions = useExports(job.id, job.status === "succeeded").data?.find(
    ({ name }) => name === "captions.vtt",
  );
  const shown = source && playback.seconds > 0 ? spanAt(timeline, playback.seconds) : null;
  return (
    <div className="grid grid-cols-1 gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1fr)_21rem] lg:grid-rows-[auto_1fr] 2xl:grid-cols-[minmax(0,1fr)_19rem_21rem] 2xl:grid-rows-none">
      <div className="min-w-0 2xl:sticky 2xl:top-24 2xl:col-start-1 2xl:row-start-1 2xl:self-start">
        {source ? (
          <Player
            // a retried lesson is a longer one
            key={job.making}
            job={job}
            source={source}
            captions={captions?.address}
            timeline={timeline}
            playback={playback}
          />
        ) : (
          <Nothing job={job} />
        )}
      </div>
      <aside className="contents flex-col gap-10 lg:flex lg:col-start-2 lg:row-span-2 lg:row-start-1 2xl:col-start-3 2xl:row-span-1">
        {beside}
      </aside>
      <div className="min-w-0 2xl:col-start-2 2xl:row-start-1">
        <SceneStrip
          job={job}
          timeline={timeline}
          found={found}
          shown={shown?.index ?? null}
          onPlay={source && playback.playFrom}
        />
      </div>
    </div>
  );
}

/** What can be played of a lesson; null while there is nothing. */
function useLessonSource(job: JobRead): Source | null {
  const queries = useQueryClient();
  const file = job.preview === null ? "lesson.mp4" : "speech.webm";
  const finished = job.status === "succeeded" && job.exports.includes(file);
  // whoever has begun to watch it growing goes on so: nothing jumps when it is finished
  const [grown, setGrown] = useState<number | null>(null);
  const grows = !finished && job.preview === null && job.scenes[0]?.status === "filmed";
  if (grows && grown !== job.making) setGrown(job.making);
  if (grows || grown === job.making)
    return { kind: "stream", playlist: `${location.origin}/api/jobs/${job.id}/stream.m3u8` };
  if (!finished) return null;
  const freshAddress = async () => {
    const files = await queries.query({ ...exportsQuery(job.id), staleTime: 0 });
    return files.find(({ name }) => name === file)?.address ?? "";
  };
  return { kind: "file", name: file, freshAddress };
}

function Nothing({ job }: { job: JobRead }) {
  return (
    <div
      className={`grid max-h-[min(40dvh,24rem)] w-full place-items-center rounded-large border border-line bg-stage p-6 text-center text-muted ${SHAPES[job.spec.video?.aspect ?? "1:1"]}`}
    >
      <p>{isOver(job) ? words.never : words.notYet}</p>
    </div>
  );
}
