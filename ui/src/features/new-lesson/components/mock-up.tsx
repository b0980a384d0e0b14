import { useAsset, useAssetAddress } from "@/client/assets";
import { Thumbnail } from "@/components/thumbnail";
import type { Look } from "@/features/new-lesson/plan";
import { text } from "@/text";

const words = text.newLesson.look;

/** How the picture is arranged, roughly: with the portrait, before anything is filmed. */
export function MockUp({
  look,
  portraitId,
  slideId,
}: {
  look: Look;
  portraitId: string | null;
  /** Stands for the slides of all scenes. */
  slideId: string | null;
}) {
  const upright = look.aspect === "9:16";
  const beside = look.layout === "presenter+slide";
  return (
    <figure className="flex flex-col items-center gap-2">
      <div
        className={`relative flex max-h-[28rem] max-w-full overflow-hidden rounded border border-line ${upright ? "h-[28rem] flex-col-reverse" : "w-full"}`}
        style={{ aspectRatio: look.aspect.replace(":", " / "), backgroundColor: look.background }}
      >
        <Behind id={look.backgroundId} />
        {look.layout !== "slide" && (
          <div
            className={`relative min-h-0 ${beside ? (upright ? "h-2/5" : "w-2/5") : "size-full"}`}
          >
            <Portrait id={portraitId} />
          </div>
        )}
        {look.layout !== "presenter" && (
          <div className="relative m-3 flex min-h-0 min-w-0 flex-1 items-center justify-center">
            <Slide id={slideId} />
          </div>
        )}
        {look.label && (
          <p className="absolute bottom-2 left-2 rounded-small bg-stage-veil px-2 py-0.5 text-small text-stage-ink">
            {words.labelShown}
          </p>
        )}
        {look.burnIn && (
          <p className="absolute inset-x-0 bottom-10 mx-auto w-fit rounded-small bg-stage-veil px-2 py-0.5 text-small text-stage-ink">
            {words.captions}
          </p>
        )}
      </div>
      <figcaption className="text-small text-muted">{words.mockUp}</figcaption>
    </figure>
  );
}

function Behind({ id }: { id: string | null }) {
  const address = useAssetAddress(id);
  if (id === null || !address.data) return null;
  return (
    <img src={address.data.address} alt="" className="absolute inset-0 size-full object-cover" />
  );
}

/** A film is as light in the dark as it is by day. */
function Slide({ id }: { id: string | null }) {
  const { data: asset } = useAsset(id);
  if (asset) return <Thumbnail asset={asset} className="max-h-full max-w-full rounded-small" />;
  return (
    <p className="grid size-full place-items-center rounded-small bg-stage-ink text-small text-stage-veil">
      {words.slide}
    </p>
  );
}

function Portrait({ id }: { id: string | null }) {
  const address = useAssetAddress(id);
  if (id === null)
    return (
      <p className="grid size-full place-items-center bg-sunk text-small text-muted">
        {words.noPortrait}
      </p>
    );
  return address.data ? (
    <img src={address.data.address} alt="" className="size-full object-contain object-bottom" />
  ) : null;
}
