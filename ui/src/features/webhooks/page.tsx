import { Webhook } from "lucide-react";
import { Link } from "react-router";
import type { WebhookRead } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Section } from "@/components/section";
import { useGoing } from "@/components/undo";
import { Waiting } from "@/components/waiting";
import { useWebhooks } from "@/features/webhooks/api/webhooks";
import { MakeWebhook } from "@/features/webhooks/components/make-webhook";
import { WebhookActions } from "@/features/webhooks/components/webhook-actions";
import { stateOf } from "@/features/webhooks/state";
import { paths } from "@/paths";
import { text } from "@/text";
import { listed } from "@/text/format";
import { webhooks as words } from "@/text/webhooks";

/** Who is told when lessons and batches end. */
export function Component() {
  const webhooks = useWebhooks();
  const going = useGoing();
  const found = webhooks.data?.pages
    .flatMap(({ items }) => items)
    .filter(({ id }) => !going.has(id));
  return (
    <Section title={words.title} lead={words.lead} action={<MakeWebhook />}>
      {webhooks.isPending && <Waiting />}
      <ProblemNotice error={webhooks.error} again={webhooks.refetch} />
      {found?.length === 0 && <p className="text-muted">{words.empty}</p>}
      <ul className="divide-y divide-line border-y border-line empty:hidden">
        {found?.map((each) => (
          <Row key={each.id} webhook={each} />
        ))}
      </ul>
      {webhooks.hasNextPage && (
        <Button className="self-start" onPress={() => void webhooks.fetchNextPage()}>
          {text.common.showMore}
        </Button>
      )}
    </Section>
  );
}

function Row({ webhook }: { webhook: WebhookRead }) {
  const { said, bad } = stateOf(webhook);
  const tone = bad ? "text-bad" : webhook.enabled ? "text-good" : "text-warn";
  return (
    <li className="flex items-start gap-4 py-3">
      <Webhook aria-hidden className="mt-1 size-5 shrink-0 text-muted max-sm:hidden" />
      <div className="min-w-0 flex-1">
        <h3 className="font-sans font-semibold wrap-anywhere">
          <Link to={paths.settingsWebhook(webhook.id)} className="rounded-small hover:text-accent">
            {webhook.url}
          </Link>
        </h3>
        {webhook.description && <p className="text-small">{webhook.description}</p>}
        <p className="text-small text-muted">
          {listed(webhook.kinds.map((kind) => words.kindNames[kind]))}
        </p>
        <p className={`text-small ${tone}`}>{said}</p>
      </div>
      <WebhookActions webhook={webhook} />
    </li>
  );
}
