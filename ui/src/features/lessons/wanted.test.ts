import { expect, test } from "vitest";
import { addressOf, asked, wantedIn } from "@/features/lessons/wanted";

const USUAL = { show: "all", q: "", sort: "newest", batch: null, asset: null } as const;

test("what a list shows stands in its address, and comes back from it", () => {
  const wanted = {
    show: "making",
    q: "rain & sun",
    sort: "title",
    batch: "b",
    asset: "a",
  } as const;
  expect(wantedIn(addressOf(wanted))).toEqual(wanted);
  expect(addressOf(USUAL).size).toBe(0);
});

test("an address that says nothing that can be understood asks for everything", () => {
  expect(wantedIn(new URLSearchParams("show=some&sort=best"))).toEqual(USUAL);
});

test("being made is waiting or running", () => {
  expect(asked({ ...USUAL, show: "making", q: " " })).toEqual({
    sort: "newest",
    status: ["queued", "running"],
  });
});
