import { ArrowLeft } from "lucide-react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import type { WebhookRead } from "@/client/schema";
import { Button } from "@/components/button";
import { TextLink } from "@/components/link";
import { MissingSection } from "@/components/missing";
import { Notice, ProblemNotice } from "@/components/notice";
import { Section } from "@/components/section";
import { Select } from "@/components/select";
import { toast } from "@/components/toast-queue";
import { Waiting } from "@/components/waiting";
import { useDeliveries } from "@/features/webhooks/api/deliveries";
import { useTestWebhook, useWebhook } from "@/features/webhooks/api/webhooks";
import { DeliveryRow } from "@/features/webhooks/components/delivery-row";
import { WebhookActions } from "@/features/webhooks/components/webhook-actions";
import { stateOf, stillGood } from "@/features/webhooks/state";
import { paths } from "@/paths";
import { text } from "@/text";
import { relative } from "@/text/format";
import { deliveries as words, webhooks } from "@/text/webhooks";

type Show = keyof typeof words.shows;

/** One webhook: how it is, and what was sent to it with every try. */
export function Component() {
  const { id = "" } = useParams();
  const { data: webhook, error, refetch } = useWebhook(id);
  if (!webhook && error)
    return (
      <MissingSection error={error} to={paths.settingsWebhooks} back={words.back} again={refetch} />
    );
  return (
    <Section
      title={words.title}
      lead={words.lead}
      action={webhook && <Actions webhook={webhook} />}
    >
      <TextLink
        href={paths.settingsWebhooks}
        className="-mt-3 inline-flex items-center gap-1.5 self-start text-small"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {words.back}
      </TextLink>
      {!webhook && <Waiting />}
      <ProblemNotice error={error} again={refetch} />
      {webhook && (
        <>
          <State webhook={webhook} />
          <Deliveries webhookId={webhook.id} />
        </>
      )}
    </Section>
  );
}

function Actions({ webhook }: { webhook: WebhookRead }) {
  const navigate = useNavigate();
  const test = useTestWebhook(webhook.id);
  return (
    <div className="flex items-center gap-2">
      <Button
        isDisabled={!webhook.enabled}
        pending={test.isPending && webhooks.test}
        onPress={() => {
          test.mutate(undefined, {
            onSuccess: () => {
              toast(webhooks.tested);
            },
          });
        }}
      >
        {webhooks.test}
      </Button>
      <WebhookActions webhook={webhook} onRemoved={() => void navigate(paths.settingsWebhooks)} />
    </div>
  );
}

function State({ webhook }: { webhook: WebhookRead }) {
  const { said, bad } = stateOf(webhook);
  const until = webhook.previous_secret_until;
  return (
    <Notice kind={bad ? "bad" : webhook.enabled ? "good" : "warn"}>
      <p className="font-semibold wrap-anywhere">{webhook.url}</p>
      <p>{said}</p>
      {stillGood(until) && <p className="text-small">{webhooks.previousUntil(relative(until))}</p>}
    </Notice>
  );
}

function Deliveries({ webhookId }: { webhookId: string }) {
  const [address, setAddress] = useSearchParams();
  const asked = address.get("show") ?? "";
  const show = asked in words.shows ? (asked as Show) : "all";
  const sent = useDeliveries(webhookId, show === "all" ? null : show);
  const found = sent.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <div className="w-44">
        <Select
          label={words.show}
          options={words.shows}
          value={show}
          onChange={(wanted) => {
            setAddress(wanted === "all" ? {} : { show: wanted }, {
              replace: true,
              preventScrollReset: true,
            });
          }}
        />
      </div>
      {sent.isPending && <Waiting />}
      <ProblemNotice error={sent.error} again={sent.refetch} />
      {found?.length === 0 && (
        <p className="text-muted">{show === "all" ? words.none : words.noneFound}</p>
      )}
      <ul className="divide-y divide-line border-y border-line empty:hidden">
        {found?.map((each) => (
          <DeliveryRow key={each.id} webhookId={webhookId} delivery={each} />
        ))}
      </ul>
      {sent.hasNextPage && (
        <Button className="self-start" onPress={() => void sent.fetchNextPage()}>
          {text.common.showMore}
        </Button>
      )}
    </>
  );
}
