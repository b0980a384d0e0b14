import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { BeginPasted } from "@/features/new-lesson/components/begin-pasted";
import { BeginSlides } from "@/features/new-lesson/components/begin-slides";
import { BeginWritten } from "@/features/new-lesson/components/begin-written";
import type { Keeper } from "@/features/new-lesson/keeper";
import { text } from "@/text";

const words = text.newLesson.script;
type Way = "write" | "paste" | "slides";

/**
 * Where scenes come from: notes from which a script is written, a finished text, or slides. Once
 * there are scenes it makes room for them; of slides it still says what they lack.
 */
export function BeginScript({ keeper }: { keeper: Keeper }) {
  const { pasted, scenes } = keeper.snapshot().plan;
  const [way, setWay] = useState<Way>(pasted ? "paste" : "write");
  const [open, setOpen] = useState(scenes.length === 0);
  const onDone = () => {
    setOpen(false);
  };
  if (!open)
    return (
      <Button
        className="self-start"
        onPress={() => {
          setOpen(true);
        }}
      >
        <RotateCcw aria-hidden className="size-4" />
        {words.again}
      </Button>
    );
  return (
    <section className="flex flex-col gap-4 rounded border border-line bg-raised p-5">
      <Choice
        label={words.how}
        options={{ write: words.write, paste: words.paste, slides: words.slides.way }}
        value={way}
        onChange={setWay}
      />
      {way === "write" && <BeginWritten keeper={keeper} onDone={onDone} />}
      {way === "paste" && <BeginPasted keeper={keeper} onDone={onDone} />}
      {way === "slides" && <BeginSlides keeper={keeper} />}
    </section>
  );
}
