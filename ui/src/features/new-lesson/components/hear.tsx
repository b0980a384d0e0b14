import { Volume2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { useHear } from "@/features/new-lesson/api/hear";
import type { Keeper } from "@/features/new-lesson/keeper";
import { text } from "@/text";

const words = text.newLesson.hear;

/** A button by which words are heard as the lesson will say them. */
export function Hear({
  keeper,
  narration,
  ...name
}: {
  keeper: Keeper;
  narration: string;
} & ({ "aria-label": string } | { "aria-labelledby": string })) {
  const hear = useHear();
  const [lacking, setLacking] = useState(false);
  return (
    <div className="contents *:not-first:ml-4 *:not-first:basis-[calc(100%-1rem)]">
      <Button
        look="quiet"
        {...name}
        isDisabled={!narration.trim()}
        pending={hear.isPending && words.waiting}
        onPress={() => {
          const { plan } = keeper.snapshot();
          setLacking(plan.portraitId === null);
          if (plan.portraitId !== null) hear.mutate({ plan, narration });
        }}
      >
        <Volume2 aria-hidden className="size-4" />
        {words.listen}
      </Button>
      {lacking && <Notice kind="warn">{words.needPortrait}</Notice>}
      <ProblemNotice error={hear.error} />
      {hear.data && (
        <audio controls autoPlay src={hear.data} aria-label={words.sound} className="w-full" />
      )}
    </div>
  );
}
