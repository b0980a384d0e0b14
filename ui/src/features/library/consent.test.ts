import { expect, test } from "vitest";
import { consentIn } from "@/features/library/consent";

const NOW = new Date("2026-11-22T12:00");
const typed = { statement: "self", person: null, scope: " ", until: "" } as const;

test("whoever says that it is themselves is named already, and only then", () => {
  expect(consentIn(typed, "ada", NOW).body).toEqual({ statement: "self", person: "ada" });
  expect(consentIn({ ...typed, statement: "invented" }, "ada", NOW).body).toBeNull();
  expect(consentIn({ ...typed, person: "" }, "ada", NOW).body).toBeNull();
});

test("a consent ends when its day begins where one is, and not in the past", () => {
  const asked = consentIn({ ...typed, until: "2030-01-01", scope: "Rain 101" }, "ada", NOW);
  expect(asked.body).toMatchObject({
    scope: "Rain 101",
    expires_at: new Date("2030-01-01T00:00").toISOString(),
  });
  const today = consentIn({ ...typed, until: "2026-11-22" }, "ada", NOW);
  expect(today).toMatchObject({ isPast: true, body: null });
});
