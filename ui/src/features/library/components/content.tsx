import type { AssetRead } from "@/client/schema";
import { FaceBox } from "@/components/face-box";
import { Notice, ProblemNotice } from "@/components/notice";
import { Waiting } from "@/components/waiting";
import { useAddress } from "@/features/library/api/download";
import { ScriptText } from "@/features/library/components/script-text";
import { text } from "@/text";

const words = text.library;

/** The file itself: seen, heard or read. */
export function Content({ asset }: { asset: AssetRead }) {
  if (asset.status === "failed")
    return (
      <Notice kind="bad">
        <p>
          <strong className="font-semibold">{words.page.refused}</strong> {asset.error_detail}
        </p>
      </Notice>
    );
  if (asset.status !== "ready") return <Notice>{words.page.pending}</Notice>;
  return asset.kind === "script" ? <ScriptText asset={asset} /> : <Media asset={asset} />;
}

function Media({ asset }: { asset: AssetRead }) {
  const { data, error } = useAddress(asset);
  if (!data) return error ? <ProblemNotice error={error} /> : <Waiting />;
  switch (asset.kind) {
    case "voice":
      return (
        <audio
          controls
          preload="metadata"
          src={data.address}
          aria-label={words.card.listenTo(asset.name)}
          className="w-full max-w-2xl"
        />
      );
    case "portrait":
      return (
        <div className="relative w-fit overflow-hidden rounded-large bg-stage">
          <img
            src={data.address}
            alt={words.page.portraitAlt(asset.name)}
            className="block max-h-[70dvh] w-auto max-w-full"
          />
          <FaceBox details={asset.details} />
        </div>
      );
    default:
      return (
        <img
          src={data.address}
          alt={words.page.slideAlt(asset.name)}
          className="max-h-[70dvh] max-w-full rounded-large border border-line"
        />
      );
  }
}
