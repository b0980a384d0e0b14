import { Image as Picture, ImageOff } from "lucide-react";
import { use } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { useAsset } from "@/client/assets";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Thumbnail } from "@/components/thumbnail";
import { useUpload } from "@/features/new-lesson/api/assets";
import { SceneNumber } from "@/features/new-lesson/components/scene-number";
import { text } from "@/text";

const words = text.newLesson.script;
const SLIDES = ["image/jpeg", "image/png", "image/webp", "application/pdf"];

/** The slide that stands beside the presenter while a scene is said; parts of a row of tools. */
export function SceneSlide({
  id,
  change,
}: {
  id: string | null;
  change: (id: string | null) => void;
}) {
  const upload = useUpload("slide", (asset) => {
    change(asset.id);
  });
  return (
    <>
      <FileTrigger
        acceptedFileTypes={SLIDES}
        onSelect={(files) => {
          if (files?.[0]) upload.mutate(files[0]);
        }}
      >
        <Button look="quiet" pending={upload.isPending && words.slideSending}>
          <Picture aria-hidden className="size-4" />
          {id === null ? words.slideAdd : words.slideOther}
        </Button>
      </FileTrigger>
      {id !== null && (
        <Button
          look="quiet"
          onPress={() => {
            change(null);
          }}
        >
          <ImageOff aria-hidden className="size-4" />
          {words.slideRemove}
        </Button>
      )}
      <div className="mt-2 basis-full pl-4 empty:hidden">
        {id !== null && <Shown id={id} />}
        <ProblemNotice error={upload.error} />
      </div>
    </>
  );
}

function Shown({ id }: { id: string }) {
  const number = use(SceneNumber);
  const { data: asset, error } = useAsset(id);
  return (
    <>
      <ProblemNotice error={error} />
      {asset && (
        <Thumbnail
          asset={asset}
          alt={words.slideAlt(number, asset.name)}
          className="max-h-40 rounded-small border border-line"
        />
      )}
    </>
  );
}
