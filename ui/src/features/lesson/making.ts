import type { JobRead, SceneRead } from "@/client/schema";

/** Whether nothing more is made of it by itself. */
export function isOver({ status }: Pick<JobRead, "status">): boolean {
  return status !== "queued" && status !== "running";
}

/** Whether its scenes have pictures, or are to have them; lessons of older studios have none. */
export function hasPictures(job: JobRead): boolean {
  if (job.preview !== null) return false;
  return !isOver(job) || job.scenes.some(({ poster }) => poster !== null);
}

/**
 * How far a scene is in each of the three things that are done to it, 0..1. Of what was broken off
 * nothing is left.
 */
export function filling(job: Pick<JobRead, "status">, scene: SceneRead): [number, number, number] {
  const { status } = scene;
  const progress = isOver(job) ? 0 : scene.progress;
  if (status === "written") return [1, progress, 0];
  return [1, 1, status === "filmed" ? 1 : progress];
}

/** What is being done to a scene right now. */
export function doing(job: JobRead, scene: SceneRead): "speech" | "video" | null {
  const step = scene.status === "written" ? "speech" : "video";
  const running = job.steps.some((each) => each.name === step && each.status === "running");
  return scene.status !== "filmed" && scene.progress > 0 && running ? step : null;
}

/** The scene at which a failed lesson stopped; null where it was none. */
export function stoppedAt({ error, scenes }: JobRead): SceneRead | null {
  return scenes.find(({ index }) => index === error?.scene) ?? null;
}
