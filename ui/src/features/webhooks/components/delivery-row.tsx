import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Disclosure, DisclosurePanel } from "react-aria-components/Disclosure";
import { Heading } from "react-aria-components/Heading";
import type { DeliveryRead, TryRead } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast-queue";
import { Waiting } from "@/components/waiting";
import { useDelivery, useRedeliver } from "@/features/webhooks/api/deliveries";
import { relative } from "@/text/format";
import { deliveries as words, webhooks } from "@/text/webhooks";

const LOOKS = { pending: "text-warn", succeeded: "text-good", failed: "text-bad" } as const;
const KINDS = { ...webhooks.kindNames, ...words.kinds };

/** One delivery; opened, it shows every try with its answer, and what is sent. */
export function DeliveryRow({
  webhookId,
  delivery,
}: {
  webhookId: string;
  delivery: DeliveryRead;
}) {
  const [open, setOpen] = useState(false);
  const said = [
    relative(delivery.created_at),
    words.tries(delivery.attempts),
    ...(delivery.redelivery_of ? [words.again] : []),
    ...(delivery.next_at ? [nextTry(delivery.next_at)] : []),
  ];
  return (
    <li>
      <Disclosure isExpanded={open} onExpandedChange={setOpen} className="group">
        <Heading level={3} className="font-sans">
          <AriaButton
            slot="trigger"
            className="flex w-full cursor-pointer items-center gap-3 rounded-small py-3 text-left"
          >
            <ChevronRight
              aria-hidden
              className="size-4 shrink-0 text-muted transition-transform group-data-expanded:rotate-90"
            />
            <span className="min-w-0 flex-1">
              <span className="block">{KINDS[delivery.kind]}</span>
              <span className="block text-small font-normal text-muted">{said.join(" · ")}</span>
            </span>
            <span className={`text-small ${LOOKS[delivery.status]}`}>
              {words.statuses[delivery.status]}
            </span>
          </AriaButton>
        </Heading>
        <DisclosurePanel className="pl-7">
          {open && <Whole webhookId={webhookId} delivery={delivery} />}
        </DisclosurePanel>
      </Disclosure>
    </li>
  );
}

function Whole({ webhookId, delivery }: { webhookId: string; delivery: DeliveryRead }) {
  const whole = useDelivery(webhookId, delivery.id, true);
  const redeliver = useRedeliver(webhookId, delivery.id);
  return (
    <div className="flex flex-col items-start gap-4 pb-5">
      {delivery.tries.length === 0 && <p className="text-small text-muted">{words.noTries}</p>}
      <ol className="flex w-full flex-col gap-3">
        {delivery.tries.map((each) => (
          <Try key={each.number} attempt={each} />
        ))}
      </ol>
      <ProblemNotice error={whole.error} />
      {whole.isPending && <Waiting />}
      {whole.data && <Code label={words.body} text={pretty(whole.data.body)} />}
      {delivery.status !== "pending" && (
        <Button
          pending={redeliver.isPending && words.redeliver}
          onPress={() => {
            redeliver.mutate(undefined, {
              onSuccess: () => {
                toast(words.redelivered);
              },
            });
          }}
        >
          {words.redeliver}
        </Button>
      )}
    </div>
  );
}

function Try({ attempt }: { attempt: TryRead }) {
  const { number, status, milliseconds, answer, error_detail: problem, created_at: at } = attempt;
  const said = [
    status === null ? words.unanswered : words.answered(status),
    words.took(milliseconds),
    relative(at),
  ];
  return (
    <li className="flex flex-col gap-1 text-small">
      <p>
        <strong className="font-semibold">{words.try(number)}</strong>{" "}
        <span className="text-muted">{said.join(" · ")}</span>
      </p>
      {problem && <p className="text-bad">{problem}</p>}
      {status !== null && <Code label={words.answer} text={answer || words.emptyAnswer} />}
    </li>
  );
}

function Code({ label, text }: { label: string; text: string }) {
  return (
    <figure className="w-full">
      <figcaption className="mb-1 text-small text-muted">{label}</figcaption>
      <pre
        tabIndex={0}
        aria-label={label}
        role="region"
        className="max-h-64 overflow-auto rounded-small bg-sunk p-3 font-mono text-small whitespace-pre-wrap break-words"
      >
        {text}
      </pre>
    </figure>
  );
}

/** What is due is no “5 seconds ago”. */
function nextTry(time: string): string {
  return Date.parse(time) > Date.now() ? words.next(relative(time)) : words.due;
}

function pretty(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2);
}
