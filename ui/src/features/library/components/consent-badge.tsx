import { ShieldAlert, ShieldCheck } from "lucide-react";
import type { ConsentState } from "@/client/schema";
import { text } from "@/text";

const words = text.library.badges;

/** Whether what shows or sounds like somebody may be used, in words and in colour. */
export function ConsentBadge({ state }: { state: ConsentState | null }) {
  if (state === null) return null;
  const Icon = state === "valid" ? ShieldCheck : ShieldAlert;
  return (
    <span
      className={`inline-flex items-center gap-1 ${state === "valid" ? "text-good" : "text-warn"}`}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      {words[state]}
    </span>
  );
}
