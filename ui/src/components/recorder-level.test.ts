import { expect, test } from "vitest";
import { barOf, Ear, fallen, measured } from "@/components/recorder-level";

const tone = (loudness: number) =>
  Float32Array.from({ length: 2_048 }, (_, at) => loudness * Math.sin(at / 7));

test("loudness is measured in decibels of full scale", () => {
  expect(measured(tone(1)).decibels).toBeCloseTo(-3, 0);
  expect(measured(tone(0.01)).decibels).toBeCloseTo(-43, 0);
  expect(measured(new Float32Array(16)).decibels).toBe(-120);
});

test("the bar reaches from silence to full scale", () => {
  expect([barOf(-120), barOf(-30), barOf(0)]).toEqual([0, 0.5, 1]);
});

test("the bar rises at once and does not drop to nothing between two words", () => {
  const word = fallen(-60, -15);
  expect(word).toBe(-15);
  let shown = word;
  for (let picture = 0; picture < 12; picture++) shown = fallen(shown, -120);
  expect(barOf(shown)).toBeGreaterThan(0.5);
  for (let picture = 0; picture < 60; picture++) shown = fallen(shown, -120);
  expect(barOf(shown)).toBe(0);
});

test("a pause between words is not silence, a long one is", () => {
  const ear = new Ear();
  const silence = measured(new Float32Array(16));
  expect(ear.hear(silence, 0)).toBe("silent");
  expect(ear.hear(measured(tone(0.2)), 100)).toBe("good");
  expect(ear.hear(silence, 900)).toBe("good");
  expect(ear.hear(silence, 3_000)).toBe("silent");
});

test("what is too quiet or clips is said", () => {
  expect(new Ear().hear(measured(tone(0.01)), 0)).toBe("quiet");
  expect(new Ear().hear(measured(tone(1)), 0)).toBe("loud");
});
