import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { TextArea } from "@/components/text-field";
import { useCutScript } from "@/features/new-lesson/api/script";
import type { Keeper } from "@/features/new-lesson/keeper";
import { replaceScenes } from "@/features/new-lesson/replace-scenes";
import { planned } from "@/features/new-lesson/scenes";
import { useBegan, usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.script;

/** A finished text is cut into scenes; `onDone` once they are there. */
export function BeginPasted({ keeper, onDone }: { keeper: Keeper; onDone: () => void }) {
  const pasted = usePart(keeper, ({ plan }) => plan.pasted);
  const began = useBegan(keeper);
  const cut = useCutScript();
  return (
    <>
      <TextArea
        label={words.pasted}
        hint={words.pastedHint}
        value={pasted}
        rows={8}
        maxLength={100_000}
        onChange={(typed) => {
          keeper.change({ pasted: typed });
        }}
      />
      <ProblemNotice error={cut.error} />
      <Button
        className="self-start"
        look={began ? "plain" : "primary"}
        isDisabled={!pasted.trim()}
        pending={cut.isPending && words.cutting}
        onPress={() => {
          cut.mutate(pasted, {
            onSuccess: ({ scenes }) => {
              replaceScenes(keeper, planned(scenes), null);
              onDone();
            },
          });
        }}
      >
        {words.cutButton}
      </Button>
    </>
  );
}
