import * as z from "zod/mini";
import type { EventRead, JobRead, JobSummary, SceneRead, StepRead } from "@/client/schema";

const engine = z.object({
  name: z.string(),
  version: z.string(),
  kind: z.string(),
  label: z.string(),
  draft: z._default(z.boolean(), false),
});
const reason = { code: z.string(), detail: z.string(), advice: z.nullable(z.string()) };
const scene = z.int().check(z.gte(0));
const step = z.string();
const timed = z.object({ scene, seconds: z.number(), made: z.boolean() });
const address = z.object({ address: z.string(), expires_at: z.string() });

/** The kinds of events that change what is shown, and what each tells; see db/events.py. */
const told = {
  "job.queued": z.object({ making: z.int() }),
  "job.started": z.object({}),
  "job.retrying": z.object({}),
  "job.succeeded": z.object({ exports: z.array(z.string()) }),
  "job.failed": z.object({
    ...reason,
    scene: z._default(z.nullable(scene), null),
    retryable: z._default(z.boolean(), true),
  }),
  "job.cancelled": z.object({}),
  "step.started": z.object({ step, attempt: z.int(), engine: z.nullable(engine) }),
  "step.progress": z.object({
    step,
    progress: z.number(),
    scene: z.optional(scene),
    scene_progress: z._default(z.number(), 0),
  }),
  "step.succeeded": z.object({ step, work_seconds: z.number(), media_seconds: z.number() }),
  "step.failed": z.object({ step, ...reason }),
  "scene.written": z.object({ scene, title: z.nullable(z.string()), narration: z.string() }),
  "scene.spoken": timed,
  "scene.filmed": z.extend(timed, { poster: z._default(z.nullable(address), null) }),
};
type Told = {
  [Kind in keyof typeof told]: { kind: Kind; data: z.infer<(typeof told)[Kind]> };
}[keyof typeof told];

/** Kinds after which nothing more comes of a making. */
export const ENDS: ReadonlySet<string> = new Set(["job.succeeded", "job.failed", "job.cancelled"]);

/** One line of the events that `/api/jobs/…/events` sends. */
export function readEvent(line: string): EventRead {
  return JSON.parse(line) as EventRead;
}

/** The job after this event. One that it has seen already changes nothing. */
export function afterEvent(job: JobRead, event: EventRead): JobRead {
  if (event.number <= job.last_event) return job;
  const known = understood(event);
  const next = { ...job, last_event: event.number, making: event.making };
  if (known === null) return next;
  const changed = { ...next, ...summaryAfter(next, known, event.created_at) };
  return { ...changed, ...partsAfter(changed, known) };
}

/** The same for what lists know of a job, which do not know its last event. */
export function summaryAfterEvent<Job extends JobSummary>(job: Job, event: EventRead): Job {
  const known = understood(event);
  if (known === null || event.making < job.making) return job;
  return { ...job, making: event.making, ...summaryAfter(job, known, event.created_at) };
}

/** The scene that this event says was found done, or was made anew; null for other events. */
export function sceneFound(event: EventRead): { index: number; made: boolean } | null {
  const known = understood(event);
  if (known?.kind !== "scene.spoken" && known?.kind !== "scene.filmed") return null;
  return { index: known.data.scene, made: known.data.made };
}

function understood(event: EventRead): Told | null {
  if (!(event.kind in told)) return null;
  const kind = event.kind as keyof typeof told;
  const data = told[kind].safeParse(event.data);
  return data.success ? ({ kind, data: data.data } as Told) : null;
}

function summaryAfter(job: JobSummary, event: Told, at: string): Partial<JobSummary> {
  switch (event.kind) {
    case "job.queued":
      return again(job);
    case "job.started":
      return { status: "running", started_at: job.started_at ?? at };
    case "job.retrying":
      return { status: "queued", steps: job.steps.map(paused) };
    case "job.succeeded":
      return { status: "succeeded", finished_at: at };
    case "job.failed":
      return {
        status: "failed",
        finished_at: at,
        error: { ...error(event), scene: event.data.scene, retryable: event.data.retryable },
        steps: job.steps.map(paused),
      };
    case "job.cancelled":
      return { status: "cancelled", finished_at: at, steps: job.steps.map(cancelled) };
    case "step.started":
    case "step.progress":
    case "step.succeeded":
    case "step.failed":
      return {
        steps: job.steps.map((each) =>
          each.name === event.data.step ? { ...each, ...stepAfter(each, event, at) } : each,
        ),
      };
    default:
      return {};
  }
}

type StepTold = Extract<Told, { kind: `step.${string}` }>;

function stepAfter(before: StepRead, event: StepTold, at: string): Partial<StepRead> {
  switch (event.kind) {
    case "step.started": {
      const { attempt, engine } = event.data;
      return {
        status: "running",
        attempt,
        engine,
        error: null,
        started_at: before.started_at ?? at,
      };
    }
    case "step.progress":
      return { progress: Math.max(before.progress, event.data.progress) };
    case "step.succeeded": {
      const { work_seconds, media_seconds } = event.data;
      return { status: "succeeded", progress: 1, finished_at: at, work_seconds, media_seconds };
    }
    case "step.failed":
      return { status: "failed", finished_at: at, error: error(event) };
  }
}

function partsAfter(job: JobRead, event: Told): Partial<JobRead> {
  switch (event.kind) {
    case "job.succeeded":
      return { exports: event.data.exports, seconds_left: null, queue_position: null };
    case "job.failed":
    case "job.cancelled":
      return { seconds_left: null, queue_position: null };
    case "job.started":
      return { queue_position: null };
    case "scene.written":
      return { scenes: written(job.scenes, event.data) };
    case "step.progress":
      return { scenes: sceneAt(job, event.data.scene, { progress: event.data.scene_progress }) };
    case "scene.spoken": {
      const { scene, seconds } = event.data;
      const spoken = { status: "spoken", seconds, progress: 0, poster: null } as const;
      return { scenes: sceneAt(job, scene, spoken) };
    }
    case "scene.filmed": {
      const { scene, poster } = event.data;
      return { scenes: sceneAt(job, scene, { status: "filmed", progress: 1, poster }) };
    }
    default:
      return {};
  }
}

/** Scenes come in order; one that comes again means that the script was begun anew. */
function written(
  scenes: SceneRead[],
  { scene, title, narration }: { scene: number; title: string | null; narration: string },
): SceneRead[] {
  const fresh = { index: scene, title, narration, slide_id: null, seconds: null, poster: null };
  return [
    ...scenes.filter(({ index }) => index < scene),
    { ...fresh, status: "written", progress: 0 },
  ];
}

function sceneAt(job: JobRead, index: number | undefined, change: Partial<SceneRead>) {
  return job.scenes.map((each) => (each.index === index ? { ...each, ...change } : each));
}

function again(job: JobSummary): Partial<JobSummary> {
  return {
    status: "queued",
    error: null,
    started_at: null,
    finished_at: null,
    steps: job.steps.map((each) => (each.status === "succeeded" ? each : { ...each, ...FRESH })),
  };
}

const FRESH = {
  status: "pending",
  progress: 0,
  attempt: 0,
  error: null,
  started_at: null,
  finished_at: null,
} as const;

function paused(step: StepRead): StepRead {
  return step.status === "running" ? { ...step, status: "pending" } : step;
}

function cancelled(step: StepRead): StepRead {
  const unfinished = step.status === "running" || step.status === "pending";
  return unfinished ? { ...step, status: "cancelled" } : step;
}

function error({ data: { code, detail, advice } }: Extract<Told, { data: { detail: string } }>) {
  return { code, detail, advice };
}
