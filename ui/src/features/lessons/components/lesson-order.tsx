import { ArrowDown, ArrowUp } from "lucide-react";
import { useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { JobSummary } from "@/client/schema";
import { IconButton } from "@/components/button";
import { LABEL } from "@/components/text-field";
import { moved } from "@/features/lessons/course";
import { text } from "@/text";

const words = text.lessons.course;

/** Lessons in an order, and what changes it. */
export function LessonOrder({
  order,
  setOrder,
}: {
  order: JobSummary[];
  setOrder: (order: JobSummary[]) => void;
}) {
  const label = useId();
  const [said, setSaid] = useState("");
  return (
    <div className="flex flex-col gap-1.5">
      <p id={label} className={LABEL}>
        {words.order}
      </p>
      <ol
        aria-labelledby={label}
        className="max-h-[30dvh] divide-y divide-line overflow-y-auto border-y border-line p-1"
      >
        {order.map((job, at) => (
          <Place
            key={job.id}
            title={job.title}
            at={at}
            last={at === order.length - 1}
            move={(by) => {
              setOrder(moved(order, at, by));
              setSaid(words.isNow(job.title, at + by + 1, order.length));
            }}
          />
        ))}
      </ol>
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

function Place({
  title,
  at,
  last,
  move,
}: {
  title: string;
  at: number;
  last: boolean;
  move: (by: -1 | 1) => void;
}) {
  const row = useRef<HTMLLIElement>(null);
  const go = (by: -1 | 1, pressed: Element) => {
    flushSync(() => {
      move(by);
    });
    row.current?.scrollIntoView({ block: "nearest" });
    // at an end its button goes off: whoever works by keyboard stands at the other then
    if (pressed.matches(":disabled"))
      row.current?.querySelector<HTMLElement>("button:enabled")?.focus();
  };
  return (
    <li ref={row} className="flex items-center gap-2">
      <span aria-hidden className="w-6 shrink-0 text-small text-muted tabular-nums">
        {at + 1}
      </span>
      <span className="min-w-0 flex-1 py-1 break-words">{title}</span>
      <IconButton
        label={words.up(title)}
        isDisabled={at === 0}
        onPress={({ target }) => {
          go(-1, target);
        }}
      >
        <ArrowUp aria-hidden className="size-4" />
      </IconButton>
      <IconButton
        label={words.down(title)}
        isDisabled={last}
        onPress={({ target }) => {
          go(1, target);
        }}
      >
        <ArrowDown aria-hidden className="size-4" />
      </IconButton>
    </li>
  );
}
