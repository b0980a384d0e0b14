import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import { expect, test } from "vitest";
import { afterEvent } from "@/client/job-events";
import { newQueryClient } from "@/client/query-client";
import type { EventRead, JobRead, StepRead } from "@/client/schema";
import { MadeBy } from "@/features/lesson/components/made-by";
import { Making } from "@/features/lesson/components/making";
import { SceneStrip } from "@/features/lesson/components/scene-strip";
import { afterFinding, type Found } from "@/features/lesson/follow";
import { isOver } from "@/features/lesson/making";
import { spanAt, timelineOf } from "@/features/lesson/player/timeline";

const SEEDS = 24;
const PATIENCE_MILLISECONDS = 120_000;
const STEPS = ["script", "speech", "video", "package", "a step of a later studio"];
const ENGINE = { name: "x", version: "1", kind: "new", label: "X" };
const WHY = { code: "engine_failed", detail: "It fell over.", advice: null };
const DATA: Record<string, (chance: Chance) => object> = {
  "job.queued": ({ some }) => ({ making: some(3) }),
  "job.started": () => ({}),
  "job.retrying": () => ({}),
  "job.succeeded": () => ({ exports: ["lesson.mp4", "of a later studio.bin"] }),
  "job.failed": ({ some }) => ({ ...WHY, scene: some(2) ? some(6) : null }),
  "job.cancelled": () => ({}),
  "step.started": ({ some, one }) => ({
    step: one(STEPS),
    attempt: some(3),
    engine: some(2) ? ENGINE : null,
  }),
  "step.progress": ({ some, one }) => ({ step: one(STEPS), progress: some(11) / 10, ...at(some) }),
  "step.succeeded": ({ one }) => ({ step: one(STEPS), work_seconds: 1, media_seconds: 0 }),
  "step.failed": ({ one }) => ({ step: one(STEPS), ...WHY }),
  "scene.written": ({ some }) => ({ scene: some(6), title: null, narration: "Rain falls." }),
  "scene.spoken": ({ some }) => ({ scene: some(6), seconds: some(9), made: some(2) === 1 }),
  "scene.filmed": ({ some }) => ({ scene: some(6), seconds: some(9), made: true, poster: null }),
  "of.a.later.studio": () => ({ whatever: [1] }),
};

interface Chance {
  some: (below: number) => number;
  one: <Each>(of: readonly Each[]) => Each;
}

/** The same each time (Park and Miller, 1988): what fails can be looked at again. */
function chance(seed: number): Chance {
  let state = seed;
  const some = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return { some, one: (of) => of[some(of.length)] as (typeof of)[number] };
}

function at(some: Chance["some"]): object {
  return some(2) ? { scene: some(6), scene_progress: some(11) / 10 } : {};
}

function young(): JobRead {
  const step = (name: string) => ({ name, status: "pending", progress: 0, attempt: 0 });
  return {
    id: "a",
    title: "Rain",
    status: "queued",
    making: 1,
    last_event: 0,
    remade_from: "b",
    preview: null,
    steps: STEPS.slice(0, 4).map((name) => ({ ...step(name), engine: null }) as StepRead),
    scenes: [],
    exports: [],
    notices: [],
    error: null,
    queue_position: null,
    seconds_left: null,
    spec: { language: "en-us" },
  } as never;
}

/** Of any kind, in any order, some lost and some told twice. */
function* news(seed: number): Generator<EventRead> {
  const lots = chance(seed);
  const kinds = Object.keys(DATA);
  for (let number = 1, left = 40; left > 0; left--, number += lots.some(3)) {
    const kind = lots.one(kinds);
    const data = lots.some(20) ? DATA[kind]?.(lots) : {};
    yield { number, kind, data, making: 1, created_at: "2026-01-01T00:00:00Z" } as never;
  }
}

function show(job: JobRead, found: Found): string {
  const timeline = timelineOf(job.scenes);
  const { container } = render(
    <QueryClientProvider client={newQueryClient()}>
      <SceneStrip
        job={job}
        timeline={timeline}
        found={found}
        shown={spanAt(timeline, 3)?.index ?? null}
        onPlay={() => undefined}
      />
      {isOver(job) ? <MadeBy job={job} /> : <Making job={job} />}
    </QueryClientProvider>,
  );
  const shown = container.textContent;
  cleanup();
  return shown;
}

test(
  "whatever is told of a lesson, in whatever order, its page can be shown",
  () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      let [job, found]: [JobRead, Found] = [young(), new Map()];
      for (const event of news(seed)) {
        found = afterFinding(found, event);
        job = afterEvent(job, event);
      }
      expect(show(job, found), `seed ${seed}`).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(timelineOf(job.scenes).total).toBeGreaterThanOrEqual(0);
    }
  },
  PATIENCE_MILLISECONDS,
);
