import { useState } from "react";
import { useAsset } from "@/client/assets";
import type { AssetRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { ProblemNotice } from "@/components/notice";
import { LABEL } from "@/components/text-field";
import { Thumbnail } from "@/components/thumbnail";
import { useLibrary } from "@/features/new-lesson/api/assets";
import { Earlier, TakeFile } from "@/features/new-lesson/components/take-file";
import type { Look } from "@/features/new-lesson/plan";
import { text } from "@/text";

const words = text.newLesson.look;
const PICTURES = ["image/jpeg", "image/png", "image/webp"];

interface Props {
  look: Look;
  set: (part: Partial<Look>) => void;
}

/** What is behind the presenter: a colour, or a picture of one's own. */
export function Background({ look, set }: Props) {
  const [kind, setKind] = useState(look.backgroundId === null ? "colour" : "picture");
  return (
    <div className="flex flex-col gap-4">
      <Choice
        label={words.background}
        options={words.backgrounds}
        value={kind as keyof typeof words.backgrounds}
        onChange={(chosen) => {
          setKind(chosen);
          if (chosen === "colour") set({ backgroundId: null });
        }}
      />
      {kind === "colour" ? <Colour look={look} set={set} /> : <Picture look={look} set={set} />}
    </div>
  );
}

function Colour({ look, set }: Props) {
  return (
    <label className="flex flex-col gap-1.5">
      <span className={LABEL}>{words.colour}</span>
      <input
        type="color"
        value={look.background}
        onChange={({ target }) => {
          set({ background: target.value });
        }}
        className="h-11 w-20 cursor-pointer rounded border border-control bg-raised p-1 sm:h-10"
      />
    </label>
  );
}

function Picture({ look, set }: Props) {
  const library = useLibrary("slide");
  const pick = ({ id }: { id: string }) => {
    set({ backgroundId: id });
  };
  if (look.backgroundId !== null)
    return (
      <div className="flex flex-col items-start gap-3">
        <Shown id={look.backgroundId} />
        <Button
          onPress={() => {
            set({ backgroundId: null });
          }}
        >
          {text.newLesson.upload.remove}
        </Button>
      </div>
    );
  return (
    <>
      <TakeFile
        kind="slide"
        accept={PICTURES}
        prompt={words.dropBackground}
        choose={words.chooseBackground}
        onDone={pick}
      />
      <Earlier assets={library.data?.items ?? []} say={words.useBackground} onChoose={pick}>
        {(asset) => <Small asset={asset} />}
      </Earlier>
    </>
  );
}

function Shown({ id }: { id: string }) {
  const { data: asset, error } = useAsset(id);
  return (
    <>
      <ProblemNotice error={error} />
      {asset && (
        <Thumbnail
          asset={asset}
          alt={words.backgroundAlt(asset.name)}
          className="max-h-40 rounded-small border border-line"
        />
      )}
    </>
  );
}

function Small({ asset }: { asset: AssetRead }) {
  return (
    <span className="block h-20 w-32 overflow-hidden rounded-small bg-stage">
      <Thumbnail asset={asset} className="size-full object-cover" />
    </span>
  );
}
