import { expect, test } from "vitest";
import type { WebhookRead } from "@/client/schema";
import { stateOf, stillGood } from "@/features/webhooks/state";

const webhook: WebhookRead = {
  id: "w",
  url: "https://hooks.example.com",
  kinds: ["job.failed"],
  description: "",
  enabled: true,
  disabled_at: null,
  disabled_reason: null,
  failing_since: null,
  previous_secret_until: null,
  created_at: "2026-01-01T00:00:00Z",
};

test("how a webhook is, is told with whether somebody should look at it", () => {
  expect(stateOf(webhook)).toEqual({ said: "On", bad: false });
  expect(stateOf({ ...webhook, enabled: false })).toEqual({ said: "Paused by you", bad: false });
  const stopped = { ...webhook, enabled: false, disabled_reason: "nothing got through" };
  expect(stateOf(stopped)).toEqual({
    said: "Stopped by the studio: nothing got through",
    bad: true,
  });
  expect(stateOf({ ...webhook, failing_since: "2026-01-01T00:00:00Z" }).bad).toBe(true);
});

test("the old secret is good until its time has come", () => {
  const noon = Date.parse("2026-01-01T12:00:00Z");
  expect(stillGood("2026-01-01T12:00:01Z", noon)).toBe(true);
  expect(stillGood("2026-01-01T11:59:59Z", noon)).toBe(false);
  expect(stillGood(null, noon)).toBe(false);
});
