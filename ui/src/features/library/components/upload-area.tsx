import { useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { DropZone, type DropZoneProps } from "react-aria-components/DropZone";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { keys } from "@/client/keys";
import type { AssetKind } from "@/client/schema";
import { Button } from "@/components/button";
import { usePastedFiles } from "@/components/pasted-files";
import { renewLists } from "@/features/library/api/renew";
import { MakeOne } from "@/features/library/components/make-one";
import { UploadList } from "@/features/library/components/upload-list";
import { startUploads } from "@/features/library/uploads";
import { text } from "@/text";

const words = text.library.upload;
const PICTURES = ["image/jpeg", "image/png", "image/webp"];
const ACCEPTED: Record<AssetKind, readonly string[]> = {
  portrait: PICTURES,
  voice: ["audio/*"],
  slide: [...PICTURES, "application/pdf"],
  script: ["text/plain", "text/markdown", ".md", ".txt"],
};
type OnDrop = NonNullable<DropZoneProps["onDrop"]>;

/** Takes files in: dropped, pasted or chosen, any number at once. They go out at once. */
export function UploadArea({ kind }: { kind: AssetKind }) {
  const take = useTaking(kind);
  usePastedFiles(take);
  const drop: OnDrop = async ({ items }) => {
    const files = items.filter((item) => item.kind === "file");
    take(await Promise.all(files.map((item) => item.getFile())));
  };
  return (
    <section aria-label={words.label[kind]} className="flex flex-col gap-4">
      <DropZone
        aria-label={words.label[kind]}
        onDrop={drop}
        className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-large border border-dashed border-control px-5 py-4 transition-colors data-drop-target:border-accent data-drop-target:bg-accent-soft"
      >
        <Upload aria-hidden className="size-5 shrink-0 text-muted" />
        <div className="min-w-0 flex-1 basis-64">
          {/* who has a finger and no pointer drops nothing */}
          <p className="pointer-coarse:hidden">{words.lead[kind]}</p>
          <p className="hidden pointer-coarse:block">{words.label[kind]}</p>
          <p className="text-small text-muted">{words.hint[kind]}</p>
        </div>
        <FileTrigger
          allowsMultiple
          acceptedFileTypes={ACCEPTED[kind]}
          onSelect={(files) => {
            take([...(files ?? [])]);
          }}
        >
          <Button>{words.choose}</Button>
        </FileTrigger>
      </DropZone>
      <MakeOne key={kind} kind={kind} take={take} />
      <UploadList kind={kind} />
    </section>
  );
}

function useTaking(kind: AssetKind): (files: File[]) => void {
  const queries = useQueryClient();
  return (files) => {
    startUploads(kind, files, (asset) => {
      if (asset) queries.setQueryData(keys.asset(asset.id), asset);
      void renewLists(queries);
      void queries.invalidateQueries({ queryKey: keys.usage });
    });
  };
}
