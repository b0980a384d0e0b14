import { FileWarning } from "lucide-react";
import type { AssetRead } from "@/client/schema";
import { useAddress } from "@/features/library/api/download";

/** A portrait or slide, small; its name stands beside it. */
export function Picture({ asset }: { asset: AssetRead }) {
  const { data, error } = useAddress(asset);
  const fit = asset.kind === "portrait" ? "object-cover object-top" : "object-contain";
  if (data) return <img src={data.address} alt="" loading="lazy" className={`size-full ${fit}`} />;
  return (
    (asset.status === "failed" || error) && (
      <FileWarning aria-hidden className="m-auto size-8 text-muted" />
    )
  );
}
