import { expect, test } from "vitest";
import { planFrom, missingOf, specOf } from "@/features/new-lesson/plan";
import {
  AT_THE_END,
  draftedQuestions,
  newChoice,
  newQuestion,
  quizSpec,
  wrongWith,
} from "@/features/new-lesson/quiz";
import { newScene } from "@/features/new-lesson/scenes";

const rain = {
  ...newQuestion(),
  text: "What falls?",
  choices: [newChoice("Rain", true), newChoice("Stars")],
};
const scenes = [newScene("Warm air rises."), newScene("Rain falls.")];

test("a question says what keeps it from being asked", () => {
  expect(wrongWith(newQuestion())).toBe("text");
  expect(wrongWith({ ...rain, choices: [newChoice("Rain", true), newChoice(" ")] })).toBe(
    "emptyChoice",
  );
  expect(wrongWith({ ...rain, choices: [newChoice("Rain", true), newChoice("rain. ")] })).toBe(
    "equalChoices",
  );
  expect(wrongWith({ ...rain, choices: [newChoice("Rain"), newChoice("Stars")] })).toBe("noRight");
  expect(wrongWith({ ...rain, choices: [newChoice("A", true), newChoice("B", true)] })).toBe(
    "noWrong",
  );
  expect(wrongWith(rain)).toBeNull();
});

test("drafts stay drafts, at their scene, until somebody has checked them", () => {
  const spec = { text: "?", choices: [], scene: 1, source: "Rain falls.", draft: true };
  const keys = scenes.map(({ key }) => key);
  const [drafted] = draftedQuestions([spec], keys);
  expect(drafted).toMatchObject({ after: keys[1], draft: true, source: "Rain falls." });
});

test("a question follows its scene when scenes move, and comes last when it is gone", () => {
  const asked = { ...rain, after: scenes[1]?.key ?? "" };
  const plan = { questions: [asked], mastery: "0.8", tries: "2" } as const;
  const at = (order: typeof scenes) =>
    quizSpec({ ...plan, questions: [asked] }, order)?.questions[0]?.scene;
  expect(at(scenes)).toBe(1);
  expect(at(scenes.toReversed())).toBe(0);
  expect(at(scenes.slice(0, 1))).toBeNull();
});

test("a lesson without questions asks for no quiz", () => {
  const plan = planFrom({});
  expect(plan.quiz).toEqual({ questions: [], mastery: "0.8", tries: "2" });
  expect(specOf(plan).quiz).toBeNull();
  expect(rain.after).toBe(AT_THE_END);
});

test("a question that cannot be asked is among what is missing", () => {
  const { quiz, ...plan } = planFrom({});
  expect(missingOf({ ...plan, quiz })).not.toContain("quiz");
  expect(missingOf({ ...plan, quiz: { ...quiz, questions: [newQuestion()] } })).toContain("quiz");
});
