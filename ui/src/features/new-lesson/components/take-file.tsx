import { Upload } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { DropZone, type DropZoneProps } from "react-aria-components/DropZone";
import { FileTrigger } from "react-aria-components/FileTrigger";
import type { AssetKind, AssetRead } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { usePastedFiles } from "@/components/pasted-files";
import { Progress } from "@/components/progress";
import { useUpload } from "@/features/new-lesson/api/assets";
import { text } from "@/text";

const words = text.newLesson.upload;
type OnDrop = NonNullable<DropZoneProps["onDrop"]>;

/**
 * A file, dropped, chosen, pasted anywhere on the page, or made here (`make`); it is uploaded at
 * once.
 */
export function TakeFile({
  kind,
  accept,
  prompt,
  choose,
  make,
  onDone,
}: {
  kind: AssetKind;
  accept: readonly string[];
  prompt: string;
  choose: string;
  make?: (take: (file: File) => void, pending: string | false) => ReactNode;
  onDone: (asset: AssetRead) => void;
}) {
  const upload = useUpload(kind, onDone);
  const take = (file: File | null | undefined) => {
    if (file) upload.mutate(file);
  };
  usePastedFiles((files) => {
    take(files.find(({ type }) => accept.some((each) => type.startsWith(each.replace("*", "")))));
  });
  const drop: OnDrop = async ({ items }) => {
    const file = items.find((item) => item.kind === "file");
    take(await file?.getFile());
  };
  const under = upload.share < 1 ? words.sending(upload.variables?.name ?? "") : words.checking;
  return (
    <div className="flex flex-col gap-6">
      <DropZone
        aria-label={prompt}
        onDrop={drop}
        className="flex min-h-44 flex-col items-center justify-center gap-4 rounded-large border border-dashed border-control p-6 text-center data-drop-target:bg-accent-soft"
      >
        <Upload aria-hidden className="size-6 text-muted" />
        <p className="text-muted">{prompt}</p>
        {upload.isPending ? (
          <div className="w-full max-w-80" role="status">
            <Progress label={under} value={upload.share} />
          </div>
        ) : (
          <FileTrigger
            acceptedFileTypes={accept}
            onSelect={(files) => {
              take(files?.[0]);
            }}
          >
            <Button>{choose}</Button>
          </FileTrigger>
        )}
      </DropZone>
      <ProblemNotice error={upload.error} />
      {make?.(take, upload.isPending && under)}
    </div>
  );
}

/** What was uploaded before. */
export function Earlier({
  assets,
  say,
  onChoose,
  children,
}: {
  assets: readonly AssetRead[];
  say: (name: string) => string;
  onChoose: (asset: AssetRead) => void;
  children: (asset: AssetRead) => React.ReactNode;
}) {
  if (assets.length === 0) return null;
  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-sans font-semibold">{words.earlier}</h3>
      <ul className="flex flex-wrap gap-3">
        {assets.map((asset) => (
          <li key={asset.id}>
            <AriaButton
              aria-label={say(asset.name)}
              onPress={() => {
                onChoose(asset);
              }}
              className="flex cursor-pointer flex-col gap-1 rounded border border-line bg-raised p-2 text-left transition-colors data-hovered:bg-sunk"
            >
              {children(asset)}
              <span className="w-full max-w-32 truncate text-small">{asset.name}</span>
            </AriaButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
