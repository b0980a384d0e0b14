import { Upload } from "lucide-react";
import { DropZone } from "react-aria-components/DropZone";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { ApiProblem } from "@/client/problem";
import type { SlidesRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { Progress } from "@/components/progress";
import { useSlides } from "@/features/new-lesson/api/slides";
import type { Keeper } from "@/features/new-lesson/keeper";
import { fromSlides } from "@/features/new-lesson/scenes";
import { replaceScenes } from "@/features/new-lesson/replace-scenes";
import { text } from "@/text";

const words = text.newLesson.script.slides;
const PPTX = [".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"];

/** A presentation becomes scenes: its notes are said, its slides are shown. */
export function BeginSlides({ keeper }: { keeper: Keeper }) {
  const slides = useSlides((read) => {
    takeIn(keeper, read);
  });
  const take = (file: File | null | undefined) => {
    if (file) slides.mutate({ file, pictures: true });
  };
  const { error, variables: sent } = slides;
  const sending = text.newLesson.upload.sending(sent?.file.name ?? "");
  const under = slides.share < 1 ? sending : words.reading;
  const undrawn = error instanceof ApiProblem && error.code === "office_missing" && sent;
  const silent = slides.data?.scenes.filter((each) => !each.narration.trim()).length ?? 0;
  return (
    <>
      <DropZone
        aria-label={words.drop}
        onDrop={async ({ items }) => {
          take(await items.find((item) => item.kind === "file")?.getFile());
        }}
        className="flex min-h-32 flex-col items-center justify-center gap-3 rounded-large border border-dashed border-control p-5 text-center data-drop-target:bg-accent-soft"
      >
        <Upload aria-hidden className="size-6 text-muted" />
        <p className="text-muted">{words.drop}</p>
        {slides.isPending ? (
          <div className="w-full max-w-80" role="status">
            <Progress label={under} value={slides.share} />
          </div>
        ) : (
          <FileTrigger
            acceptedFileTypes={PPTX}
            onSelect={(files) => {
              take(files?.[0]);
            }}
          >
            <Button>{words.choose}</Button>
          </FileTrigger>
        )}
      </DropZone>
      <p className="text-small text-muted">{words.hint}</p>
      <ProblemNotice error={error} />
      {undrawn && (
        <Button
          className="self-start"
          onPress={() => {
            slides.mutate({ file: sent.file, pictures: false });
          }}
        >
          {words.notesAlone}
        </Button>
      )}
      {silent > 0 && <Notice kind="warn">{words.silent(silent)}</Notice>}
    </>
  );
}

/** The scenes; the file's name where the lesson has none; and room for slides beside the presenter. */
function takeIn(keeper: Keeper, { title, scenes }: SlidesRead): void {
  const { plan } = keeper.snapshot();
  const pictured = scenes.some(({ slide_id }) => slide_id !== null);
  const layout =
    pictured && plan.look.layout === "presenter" ? "presenter+slide" : plan.look.layout;
  keeper.change({ title: plan.title.trim() ? plan.title : title, look: { ...plan.look, layout } });
  replaceScenes(keeper, fromSlides(scenes), null);
}
