import { AudioLines, Clapperboard, FileText } from "lucide-react";
import type { SceneRead, SceneStatus } from "@/client/schema";
import { Poster } from "@/components/poster";
import { text } from "@/text";

const ICONS = { written: FileText, spoken: AudioLines, filmed: Clapperboard } as const;

/** A picture from a scene; its place is kept while there is none. */
export function ScenePicture({ scene }: { scene: SceneRead }) {
  return (
    <div className="grid aspect-video w-full grid-rows-1 place-items-center overflow-hidden rounded border border-line bg-sunk">
      <Poster
        whole
        poster={scene.poster}
        alt={text.lessonPage.scenes.picture(scene.index + 1)}
        instead={<Missing status={scene.status} />}
      />
    </div>
  );
}

function Missing({ status }: { status: SceneStatus }) {
  const Icon = ICONS[status];
  return <Icon aria-hidden className="size-6 text-muted" />;
}
