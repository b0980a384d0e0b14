import { expect, test } from "vitest";
import { addressOf, asked, shelf, wantedIn } from "@/features/library/wanted";

test("what the library shows stands in its address, and comes back from it", () => {
  const wanted = { kind: "voice", q: "ada & bob", sort: "name", consent: "missing" } as const;
  expect(wantedIn(addressOf(wanted))).toEqual(wanted);
  expect(addressOf(shelf("portrait")).size).toBe(0);
});

test("an address that says nothing that can be understood asks for all portraits", () => {
  const said = new URLSearchParams("kind=song&sort=best&consent=perhaps");
  expect(wantedIn(said)).toEqual(shelf("portrait"));
});

test("slides show nobody: what is said of their consent is not asked for", () => {
  const said = new URLSearchParams("kind=slide&consent=missing&q=%20");
  expect(asked(wantedIn(said))).toEqual({ kind: "slide", sort: "newest" });
});
