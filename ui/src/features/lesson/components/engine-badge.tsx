import { Info } from "lucide-react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import type { EngineRead } from "@/client/schema";
import { text } from "@/text";

const words = text.lessonPage.engine;
const KINDS: Partial<Record<string, string>> = words.kinds;

/** Who made it, in the engine's own honest words; pressed, it explains what that means. */
export function EngineBadge({ engine }: { engine: EngineRead }) {
  return (
    <DialogTrigger>
      <AriaButton className="inline-flex cursor-pointer items-start gap-1.5 rounded-small text-left text-small text-muted underline decoration-line decoration-1 underline-offset-3 transition-colors data-hovered:text-ink data-hovered:decoration-control">
        <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
        {engine.label}
      </AriaButton>
      <Popover
        placement="bottom start"
        className="max-w-80 rounded border border-line bg-raised p-4 shadow-high"
      >
        <Dialog
          aria-label={words.explain(engine.label)}
          className="flex flex-col gap-2 text-small outline-none"
        >
          <p className="font-semibold">{engine.label}</p>
          {KINDS[engine.kind] && <p>{KINDS[engine.kind]}</p>}
          {engine.draft && <p className="text-warn">{words.draft}</p>}
          <p className="break-words text-muted">{words.version(engine.name, engine.version)}</p>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
