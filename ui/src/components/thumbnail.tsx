import { useState, type ReactNode } from "react";
import { useAssetAddress } from "@/client/assets";
import type { AssetRead } from "@/client/schema";

/**
 * A portrait or a slide, small: the file itself where it has no small picture, or that cannot be
 * fetched any more; `instead` of it where there is no picture at all.
 */
export function Thumbnail({
  asset,
  className,
  alt = "",
  instead,
}: {
  asset: Pick<AssetRead, "id" | "status" | "thumbnail_url">;
  className: string;
  /** Left out where its name stands beside it. */
  alt?: string;
  instead?: ReactNode;
}) {
  const [broken, setBroken] = useState<string | null>(null);
  const small = asset.thumbnail_url === broken ? null : asset.thumbnail_url;
  const ready = asset.status === "ready";
  const file = useAssetAddress(small === null && ready ? asset.id : null);
  const source = small ?? file.data?.address;
  if (source === undefined) return (!ready || file.error) && instead;
  return (
    <img
      src={source}
      alt={alt}
      loading="lazy"
      className={className}
      onError={() => {
        setBroken(asset.thumbnail_url);
      }}
    />
  );
}
