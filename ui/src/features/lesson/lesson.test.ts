import { expect, test, vi } from "vitest";
import type { JobRead, SceneRead } from "@/client/schema";
import { newest } from "@/features/lesson/api/job";
import {
  editedFrom,
  faultsOf,
  patchOf,
  withNewScene,
  withScene,
  type Edited,
} from "@/features/lesson/change";
import { afterFinding } from "@/features/lesson/follow";
import { filling, hasPictures, stoppedAt } from "@/features/lesson/making";
import { marksOf } from "@/features/lesson/marks";
import { shortcut } from "@/features/lesson/player/keyboard";
import { clock, spanAt, timelineOf } from "@/features/lesson/player/timeline";
import { happening, readyScenes } from "@/features/lesson/saying";

const scene = (index: number, change: Partial<SceneRead> = {}): SceneRead => ({
  index,
  title: null,
  narration: "Thirty letters, more or less ..",
  slide_id: null,
  status: "written",
  progress: 0,
  seconds: null,
  poster: null,
  ...change,
});
const filmed = (index: number, seconds: number) =>
  scene(index, { status: "filmed", progress: 1, seconds });

const job = (change: object): JobRead =>
  ({ title: "Rain", status: "running", preview: null, steps: [], scenes: [], ...change }) as never;
const running = (name: string) => ({ name, status: "running", attempt: 1 });

test("what can be played ends at the first scene that is not filmed", () => {
  const line = timelineOf([filmed(0, 4), scene(1), filmed(2, 5)]);
  expect(line.existing).toBe(4);
  expect(line.total).toBeCloseTo(4 + 31 / 15 + 5);
  expect(line.spans.map(({ exists }) => exists)).toEqual([true, false, false]);
});

test("the scene that is shown is the one begun last", () => {
  const line = timelineOf([filmed(0, 4), filmed(1, 5)]);
  expect(spanAt(line, 3.9)?.index).toBe(0);
  expect(spanAt(line, 4)?.index).toBe(1);
  expect(spanAt(line, 60)?.index).toBe(1);
  expect(spanAt(timelineOf([]), 0)).toBeNull();
});

test("times are shown as on a clock", () => {
  expect([0, 65.9, 3725].map(clock)).toEqual(["0:00", "1:05", "1:02:05"]);
});

test("a scene fills part by part", () => {
  const [running, failed] = [job({}), job({ status: "failed" })];
  const half = scene(0, { status: "spoken", progress: 0.5 });
  expect(filling(running, scene(0, { progress: 0.5 }))).toEqual([1, 0.5, 0]);
  expect(filling(running, half)).toEqual([1, 1, 0.5]);
  expect(filling(failed, half)).toEqual([1, 1, 0]);
  expect(filling(failed, filmed(0, 3))).toEqual([1, 1, 1]);
});

test("a failed lesson stopped at the scene that its error names, if it names one", () => {
  const scenes = [filmed(0, 3), scene(1, { status: "spoken" }), scene(2)];
  expect(stoppedAt(job({ scenes, error: { scene: 2 } }))?.index).toBe(2);
  expect(stoppedAt(job({ scenes, error: { scene: null } }))).toBeNull();
  expect(stoppedAt(job({ scenes, error: null }))).toBeNull();
});

test("scenes have places for pictures where some are there or to come", () => {
  const poster = { address: "https://media.example.org/a.webp", expires_at: "" };
  const [plain, shown] = [[filmed(0, 3)], [scene(0, { poster }), scene(1)]];
  const of = (change: object) => hasPictures(job(change));
  expect(of({ scenes: [scene(0)] })).toBe(true);
  expect(of({ scenes: [scene(0)], preview: "audio" })).toBe(false);
  expect(of({ scenes: plain, status: "succeeded" })).toBe(false);
  expect(of({ scenes: shown, status: "cancelled" })).toBe(true);
});

test("what happens is said with the numbers of the scenes", () => {
  const scenes = [scene(0, { status: "spoken", progress: 0.2 }), scene(1, { progress: 0.1 })];
  const steps = [running("speech"), running("video")];
  expect(happening(job({ scenes, steps }))).toBe("Speaking scene 2 · Filming scene 1");
  expect(happening(job({ steps: [running("script")] }))).toBe("Writing the script");
  expect(happening(job({ status: "queued", queue_position: 3 }))).toBe("Number 3 in line");
});

test("scenes that can be watched are counted from the first on", () => {
  expect(readyScenes(job({ scenes: [scene(0), filmed(1, 3)] }))).toBeNull();
  const scenes = [filmed(0, 3), scene(1), filmed(2, 3)];
  expect(readyScenes(job({ scenes }))).toBe("1 of 3 scenes can be watched");
});

test("a job that was read while events came does not forget what they told", () => {
  const known = job({ last_event: 9, seconds_left: 40 });
  expect(newest(known, job({ last_event: 7, seconds_left: 12 }))).toMatchObject({
    last_event: 9,
    seconds_left: 12,
  });
  const read = job({ last_event: 9 });
  expect(newest(known, read)).toBe(read);
});

test("a scene is as before where nothing of it was made", () => {
  const told = (kind: string, made: boolean) =>
    ({ number: 1, making: 1, created_at: "", kind, data: { scene: 0, seconds: 1, made } }) as const;
  const spoken = afterFinding(new Map(), told("scene.spoken", false));
  expect(afterFinding(spoken, told("scene.filmed", false)).get(0)).toBe(false);
  expect(afterFinding(spoken, told("scene.filmed", true)).get(0)).toBe(true);
});

const EDITED: Edited = editedFrom(
  job({ scenes: [scene(0, { title: "One" }), scene(1, { slide_id: "s" })] }),
);

test("a change is handed in as all its scenes, whatever wrote them", () => {
  const changed = withScene(EDITED, "0", { narration: " It rains. " });
  expect(patchOf(changed)).toEqual({
    title: "Rain",
    prompt: null,
    notes: null,
    scenes: [
      { title: "One", narration: "It rains." },
      { narration: scene(1).narration, slide_id: "s" },
    ],
  });
});

test("a scene that is left out is not handed in, and can be put back", () => {
  const without = withScene(EDITED, "0", { removed: true });
  expect(patchOf(without).scenes).toHaveLength(1);
  expect(patchOf(withScene(without, "0", { removed: false }))).toEqual(patchOf(EDITED));
});

test("what is missing is named", () => {
  expect(faultsOf(EDITED)).toEqual([]);
  expect(faultsOf(withNewScene(EDITED))).toEqual([{ fault: "empty", key: "new 2" }]);
  expect(faultsOf({ title: " ", scenes: [] })).toEqual([
    { fault: "noTitle" },
    { fault: "noScenes" },
  ]);
});

test("arrows jump, and the space bar presses the button that it is on", () => {
  const player = { seconds: 12, muted: false, toggle: vi.fn(), seek: vi.fn(), mute: vi.fn() };
  const press = (key: string, target: Element) => {
    const still = { preventDefault: vi.fn(), stopPropagation: vi.fn() };
    shortcut({ key, target, ...still } as never, player);
  };
  press("ArrowRight", document.body);
  expect(player.seek).toHaveBeenCalledWith(17);
  press(" ", document.createElement("button"));
  expect(player.toggle).not.toHaveBeenCalled();
  press("k", document.createElement("button"));
  expect(player.toggle).toHaveBeenCalledOnce();
});

test("a lesson is said to say only what its files say", () => {
  const marks = (exports: string[], video: object = { label: true }) =>
    marksOf(job({ exports, spec: { video } }));
  expect(marks(["lesson.mp4", "captions.vtt"])).toEqual(["label", "watermark", "credentials"]);
  expect(marks(["cmi5.zip"], { label: false })).toEqual(["unlabelled", "watermark", "credentials"]);
  expect(marks(["speech.webm", "transcript.txt"])).toEqual(["watermark"]);
  expect(marks(["captions.vtt"])).toEqual([]);
});
