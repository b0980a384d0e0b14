import { Check } from "lucide-react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { forgetKeeper } from "@/features/new-lesson/api/drafts";
import type { Keeper } from "@/features/new-lesson/keeper";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.kept;

/** Whether what was typed is on the server. */
export function KeptLine({ keeper }: { keeper: Keeper }) {
  const kept = usePart(keeper, (now) => now.kept);
  const calm = kept === "kept" || kept === "keeping";
  return (
    <p role="status" className="flex items-center gap-1.5 text-small text-muted">
      {kept === "kept" && <Check aria-hidden className="size-4 text-good" />}
      {calm ? words[kept] : null}
    </p>
  );
}

export function KeptNotice({ keeper }: { keeper: Keeper }) {
  const kept = usePart(keeper, (now) => now.kept);
  if (kept === "failed") return <Notice kind="warn">{words.failed}</Notice>;
  if (kept === "gone") return <Notice kind="bad">{words.gone}</Notice>;
  if (kept !== "elsewhere") return null;
  return (
    <Notice kind="bad">
      <p>{words.elsewhere}</p>
      <div className="mt-3 flex flex-wrap gap-3">
        <Button
          onPress={() => {
            forgetKeeper(keeper.id);
            location.reload();
          }}
        >
          {words.reload}
        </Button>
        <Button look="quiet" onPress={keeper.overwrite}>
          {words.overwrite}
        </Button>
      </div>
    </Notice>
  );
}
