import { expect, test } from "vitest";
import { afterEvent, sceneFound, summaryAfterEvent } from "@/client/job-events";
import type { EventRead, JobRead, StepRead } from "@/client/schema";

const step = (name: string, change: Partial<StepRead> = {}): StepRead => ({
  name,
  status: "pending",
  progress: 0,
  attempt: 0,
  engine: null,
  work_seconds: 0,
  media_seconds: 0,
  error: null,
  started_at: null,
  finished_at: null,
  ...change,
});

const JOB = {
  id: "a",
  title: "Rain",
  status: "queued",
  making: 1,
  remade_from: null,
  preview: null,
  steps: [step("script"), step("speech"), step("video"), step("package")],
  scenes: [],
  exports: [],
  error: null,
  started_at: null,
  finished_at: null,
  last_event: 1,
  queue_position: 2,
  seconds_left: 40,
} as unknown as JobRead;

const AT = "2026-01-01T00:00:00Z";

/** The job after these events, numbered on from what it knows. */
function told(job: JobRead, ...kinds: [string, object?][]): JobRead {
  return kinds.reduce((known, [kind, data]) => {
    const next = { number: known.last_event + 1, making: known.making, kind, created_at: AT };
    return afterEvent(known, { ...next, data: { ...data } });
  }, job);
}

const written = (scene: number, narration = "It rains."): [string, object] => [
  "scene.written",
  { scene, title: null, narration },
];

const WRITTEN = told(
  JOB,
  ["job.started", { attempt: 1 }],
  ["step.started", { step: "script", attempt: 1, engine: null }],
  written(0),
  written(1),
);

test("a scene goes from written over spoken to filmed, each part filling", () => {
  const speaking = told(WRITTEN, [
    "step.progress",
    { step: "speech", progress: 0.2, scene: 0, scene_progress: 0.5 },
  ]);
  expect(speaking.scenes[0]).toMatchObject({ status: "written", progress: 0.5 });
  expect(speaking.steps[1]?.progress).toBe(0.2);
  const spoken = told(speaking, ["scene.spoken", { scene: 0, seconds: 3.2, made: true }]);
  expect(spoken.scenes[0]).toMatchObject({ status: "spoken", progress: 0, seconds: 3.2 });
  const filmed = told(spoken, ["scene.filmed", { scene: 0, seconds: 3.2, made: true }]);
  expect(filmed.scenes[0]).toMatchObject({ status: "filmed", progress: 1 });
  expect(filmed.scenes[1]).toMatchObject({ status: "written", progress: 0 });
});

test("a filmed scene has the poster its event tells of, until it is spoken anew", () => {
  const poster = { address: "https://media.example.org/a.webp", expires_at: AT };
  const filmed = (told: object): [string, object] => [
    "scene.filmed",
    { scene: 0, seconds: 3.2, made: true, ...told },
  ];
  const shown = told(WRITTEN, filmed({ poster }));
  expect(shown.scenes.map((each) => each.poster)).toEqual([poster, null]);
  const again = told(shown, ["scene.spoken", { scene: 0, seconds: 3.4, made: true }]);
  expect(again.scenes[0]?.poster).toBeNull();
  expect(told(again, filmed({ poster: null })).scenes[0]?.poster).toBeNull();
  expect(told(shown, filmed({})).scenes[0]).toMatchObject({ status: "filmed", poster: null });
});

test("a script that is begun anew forgets the scenes of the one before", () => {
  const again = told(WRITTEN, written(0, "It pours."));
  expect(again.scenes.map(({ narration }) => narration)).toEqual(["It pours."]);
});

test("an event that was seen before changes nothing", () => {
  const old: EventRead = { number: 1, making: 1, kind: "job.cancelled", data: {}, created_at: AT };
  expect(afterEvent(WRITTEN, old)).toBe(WRITTEN);
});

test("an event of a kind that is not known, or that says less than it should, is only counted", () => {
  const odd = told(WRITTEN, ["scene.painted", { scene: 0 }], ["scene.spoken", { scene: "first" }]);
  expect(odd).toEqual({ ...WRITTEN, last_event: WRITTEN.last_event + 2 });
});

test("a failure stands at its step and at the job, and what ran waits", () => {
  const error = { code: "engine_failed", detail: "It stopped.", advice: "Retry." };
  const failed = told(
    WRITTEN,
    ["step.started", { step: "speech", attempt: 1, engine: null }],
    ["step.started", { step: "video", attempt: 1, engine: null }],
    ["step.failed", { step: "video", attempt: 3, ...error }],
    ["job.failed", { step: "video", retryable: false, ...error }],
  );
  expect(failed.error).toEqual({ ...error, scene: null, retryable: false });
  expect(failed).toMatchObject({ status: "failed", seconds_left: null, finished_at: AT });
  expect(failed.steps.map(({ status }) => status)).toEqual([
    "pending",
    "pending",
    "failed",
    "pending",
  ]);
});

test("a job that is retried begins again with what is done", () => {
  const done = { name: "script", status: "succeeded", progress: 1 };
  const failed = told(
    WRITTEN,
    ["step.succeeded", { step: "script", work_seconds: 1, media_seconds: 2 }],
    ["step.progress", { step: "speech", progress: 0.4 }],
    ["job.failed", { step: "speech", code: "x", detail: "y", advice: null }],
  );
  const number = failed.last_event + 1;
  const queued = { number, making: 2, kind: "job.queued", data: { making: 2 }, created_at: AT };
  const again = afterEvent(failed, queued);
  expect(again).toMatchObject({ status: "queued", making: 2, error: null, finished_at: null });
  expect(again.steps.slice(0, 2)).toMatchObject([done, { status: "pending", progress: 0 }]);
  expect(again.scenes).toHaveLength(2);
});

test("the end tells which files there are", () => {
  const done = told(WRITTEN, ["job.succeeded", { seconds: 6, exports: ["lesson.mp4"] }]);
  expect(done).toMatchObject({ status: "succeeded", exports: ["lesson.mp4"], seconds_left: null });
});

test("a list keeps what it knows beside what an event tells", () => {
  const event = { number: 9, making: 1, kind: "job.cancelled", data: {}, created_at: AT };
  const after = summaryAfterEvent(JOB, event);
  expect(after).toMatchObject({ title: "Rain", status: "cancelled", last_event: 1 });
  expect(after.steps.every(({ status }) => status === "cancelled")).toBe(true);
  expect(summaryAfterEvent({ ...JOB, making: 2 }, event).status).toBe("queued");
});

test("only scenes that are spoken or filmed are found or made", () => {
  const event = { number: 1, making: 1, created_at: AT };
  const data = { scene: 2, seconds: 1, made: false };
  expect(sceneFound({ ...event, kind: "scene.filmed", data })).toEqual({ index: 2, made: false });
  expect(sceneFound({ ...event, kind: "job.started", data: {} })).toBeNull();
});
