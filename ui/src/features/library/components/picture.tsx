import { FileWarning } from "lucide-react";
import type { AssetRead } from "@/client/schema";
import { Thumbnail } from "@/components/thumbnail";

/** A portrait or slide, small; its name stands beside it. */
export function Picture({ asset }: { asset: AssetRead }) {
  const fit = asset.kind === "portrait" ? "object-cover object-top" : "object-contain";
  return (
    <Thumbnail
      asset={asset}
      className={`size-full ${fit}`}
      instead={<FileWarning aria-hidden className="m-auto size-8 text-muted" />}
    />
  );
}
