import { waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ApiProblem, Unreachable } from "@/client/problem";
import type { DraftAsk, DraftRead } from "@/client/schema";
import { Keeper } from "@/features/new-lesson/keeper";
import { missingOf, planFrom, specOf } from "@/features/new-lesson/plan";

const time = "2026-01-01T00:00:00Z";
const draft: DraftRead = {
  id: "d",
  title: "Rain",
  version: 1,
  content: { title: "Rain" },
  created_at: time,
  updated_at: time,
};

/** A server that counts versions; `refusals` are given first. */
function server(...refusals: Error[]) {
  let version = 1;
  const asked: (number | null)[] = [];
  const replace = vi.fn((id: string, from: number | null, ask: DraftAsk) => {
    asked.push(from);
    const refusal = refusals.shift();
    if (refusal) return Promise.reject(refusal);
    version += 1;
    return Promise.resolve({ ...draft, ...ask, id, version });
  });
  return { asked, replace };
}

test("changes are sent after one another, each at the version of the one before", async () => {
  const { asked, replace } = server();
  const keeper = new Keeper(draft, replace, "Untitled");
  keeper.change({ title: "Snow" });
  const first = keeper.keep();
  keeper.change({ title: "Hail" });
  await Promise.all([first, keeper.keep()]);
  expect(asked).toEqual([1, 2]);
  expect(replace.mock.lastCall?.[2].title).toBe("Hail");
  expect(keeper.snapshot().kept).toBe("kept");
});

test("what was changed elsewhere is overwritten only when that is asked for", async () => {
  const { asked, replace } = server(new ApiProblem(412, {}));
  const keeper = new Keeper(draft, replace, "Untitled");
  keeper.change({ title: "Snow" });
  await keeper.keep();
  expect(keeper.snapshot().kept).toBe("elsewhere");
  keeper.overwrite();
  await waitFor(() => {
    expect(keeper.snapshot().kept).toBe("kept");
  });
  expect(asked).toEqual([1, null]);
});

test("a draft that was read before the last change was sent says nothing new", async () => {
  const keeper = new Keeper(draft, server().replace, "Untitled");
  keeper.change({ title: "Snow" });
  expect(keeper.isAsNewAs({ ...draft, version: 2 })).toBe(true);
  await keeper.keep();
  expect(keeper.isAsNewAs(draft)).toBe(true);
  expect(keeper.isAsNewAs({ ...draft, version: 2 })).toBe(true);
  expect(keeper.isAsNewAs({ ...draft, version: 3 })).toBe(false);
});

test("without a network it says so, and the next try succeeds", async () => {
  const keeper = new Keeper(draft, server(new Unreachable()).replace, "Untitled");
  keeper.change({ title: "" });
  await keeper.keep();
  expect(keeper.snapshot().kept).toBe("failed");
  await keeper.keep();
  expect(keeper.snapshot().kept).toBe("kept");
});

test("a draft of whatever content opens as a plan, and says what it lacks", () => {
  const plan = planFrom({ title: 3, scenes: "none", look: { aspect: "1:1" } });
  expect(plan.look.aspect).toBe("1:1");
  expect(missingOf(plan)).toEqual(["portrait", "title", "scenes"]);
});

test("a lesson is asked for in its language; one that nothing speaks is forgotten", () => {
  expect(specOf(planFrom({ language: "ja" })).language).toBe("ja");
  expect(specOf(planFrom({ language: "tlh" })).language).toBe("en-us");
});

test("pronunciations that are only begun are left out of what is asked for", () => {
  const pronunciations = [
    { key: "1", word: " cumulus ", spelling: "kyoomyuhlus" },
    { key: "2", word: "nimbus", spelling: "" },
  ];
  const look = { background: "#ffffff", backgroundId: "picture" };
  const spec = specOf(planFrom({ pronunciations, look }));
  expect(spec.pronunciations).toEqual({ cumulus: "kyoomyuhlus" });
  expect(spec.video.background).toBe("picture");
});
