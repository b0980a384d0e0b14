import { expect, test } from "vitest";
import { destination, signInFor } from "@/paths";

test("whoever signs in comes to where they wanted to go", () => {
  expect(signInFor("/lessons/1?scene=2")).toBe("/sign-in?to=%2Flessons%2F1%3Fscene%3D2");
  expect(signInFor("/")).toBe("/sign-in");
  expect(destination("/lessons/1?scene=2")).toBe("/lessons/1?scene=2");
});

test("nobody is led to somebody else's pages", () => {
  for (const to of [
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "javascript:alert(1)",
    null,
  ])
    expect(destination(to)).toBe("/");
});
