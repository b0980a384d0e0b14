import type { JobRead } from "@/client/schema";
import { doing } from "@/features/lesson/making";
import { text } from "@/text";

const words = text.lessonPage.making;

/** What happens to a lesson now, in a sentence. */
export function happening(job: JobRead): string {
  if (job.status === "queued") return waiting(job);
  const running = job.steps.filter(({ status }) => status === "running").map(({ name }) => name);
  if (running.includes("script")) return words.script;
  if (running.includes("package")) return words.package;
  const said = [
    ...(running.includes("speech") ? [words.speech(scenesIn(job, "speech"))] : []),
    ...(running.includes("video") ? [words.video(scenesIn(job, "video"))] : []),
  ];
  return said.join(" · ") || words.starting;
}

/** How many scenes can be watched; null before the first one. */
export function readyScenes({ scenes, preview }: JobRead): string | null {
  const ready = scenes.findIndex(({ status }) => status !== "filmed");
  const count = ready === -1 ? scenes.length : ready;
  return count > 0 && preview === null ? words.readyScenes(count, scenes.length) : null;
}

function waiting({ queue_position, steps }: JobRead): string {
  if (steps.some(({ attempt }) => attempt > 1)) return words.again;
  if (queue_position === null) return words.queued;
  return queue_position === 1 ? words.next : words.place(queue_position);
}

/** The numbers of the scenes that a step is known to work at. */
function scenesIn(job: JobRead, step: "speech" | "video"): number[] {
  const busy = job.scenes.filter((scene) => doing(job, scene) === step);
  return busy.map(({ index }) => index + 1);
}
