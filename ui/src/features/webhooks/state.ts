import type { WebhookRead } from "@/client/schema";
import { relative } from "@/text/format";
import { webhooks } from "@/text/webhooks";

const words = webhooks.states;

/** How a webhook is, in a sentence; `bad` where somebody should look at it. */
export function stateOf(webhook: WebhookRead): { said: string; bad: boolean } {
  if (!webhook.enabled && webhook.disabled_reason !== null)
    return { said: words.stopped(webhook.disabled_reason), bad: true };
  if (!webhook.enabled) return { said: words.off, bad: false };
  if (webhook.failing_since !== null)
    return { said: words.failing(relative(webhook.failing_since)), bad: true };
  return { said: words.on, bad: false };
}

/** Whether the secret from before a rotation is good until a time that has not come yet. */
export function stillGood(until: string | null, now = Date.now()): until is string {
  return until !== null && Date.parse(until) > now;
}
