import { Fingerprint } from "lucide-react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import type { JobRead } from "@/client/schema";
import { marksOf } from "@/features/lesson/marks";
import { text } from "@/text";

const words = text.lessonPage.says;

/** How the lesson says of itself what it is; pressed, it explains that. */
export function Says({ job }: { job: JobRead }) {
  const marks = marksOf(job);
  if (marks.length === 0) return null;
  const places = marks.filter((mark) => mark !== "unlabelled").map((mark) => words.places[mark]);
  return (
    <DialogTrigger>
      <AriaButton className="inline-flex cursor-pointer items-start gap-1.5 self-start rounded-small text-left text-small text-muted underline decoration-line decoration-1 underline-offset-3 transition-colors data-hovered:text-ink data-hovered:decoration-control">
        <Fingerprint aria-hidden className="mt-0.5 size-4 shrink-0" />
        {words.line(places)}
      </AriaButton>
      <Popover
        placement="bottom start"
        className="max-w-90 rounded border border-line bg-raised p-4 shadow-high"
      >
        <Dialog aria-label={words.explain} className="flex flex-col gap-3 text-small outline-none">
          <dl className="flex flex-col gap-3">
            {marks.map((mark) => (
              <div key={mark}>
                <dt className="font-semibold">{words.names[mark]}</dt>
                <dd>{words.means[mark]}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
