import { expect, test } from "vitest";
import { ApiProblem, explained } from "@/client/problem";

test("a sentence is ended before advice follows it", () => {
  const said = (detail: string) => explained(new ApiProblem(422, { detail, advice: "Mend it." }));
  expect(said("It cannot be read: broken")).toEqual({
    sentence: "It cannot be read: broken.",
    advice: "Mend it.",
  });
  expect(said("It is too large.").sentence).toBe("It is too large.");
});
