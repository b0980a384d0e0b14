import { Mic } from "lucide-react";
import { useState } from "react";
import type { AssetKind } from "@/client/schema";
import { Button } from "@/components/button";
import { Camera } from "@/components/camera";
import { Recorder } from "@/components/recorder";
import { text } from "@/text";

const words = text.library.upload;
/** What is read lasts longer; the longer it is, the more the voice is like the speaker's. */
const LEAST_SECONDS = 5;
const MOST_SECONDS = 60;
type Take = (files: File[]) => void;

/** A portrait or a voice made here and now; nothing for what is made elsewhere. */
export function MakeOne({ kind, take }: { kind: AssetKind; take: Take }) {
  // once one is on its way, the next begins from the start
  const [made, setMade] = useState(0);
  const use = (file: File) => {
    take([file]);
    setMade(made + 1);
  };
  if (kind === "portrait")
    return <Camera key={made} name={text.newLesson.presenter.shot} onUse={use} />;
  if (kind === "voice") return <Voice key={made} use={use} />;
  return null;
}

function Voice({ use }: { use: (file: File) => void }) {
  const [open, setOpen] = useState(false);
  const { recordedName, readThis } = text.newLesson.voice;
  if (!open)
    return (
      <Button
        className="self-start"
        onPress={() => {
          setOpen(true);
        }}
      >
        <Mic aria-hidden className="size-4" />
        {words.record}
      </Button>
    );
  return (
    <div className="flex max-w-180 flex-col gap-3">
      <Recorder
        name={recordedName}
        leastSeconds={LEAST_SECONDS}
        mostSeconds={MOST_SECONDS}
        onUse={use}
      >
        {readThis}
      </Recorder>
      <Button
        look="quiet"
        className="self-start"
        onPress={() => {
          setOpen(false);
        }}
      >
        {words.recordLater}
      </Button>
    </div>
  );
}
