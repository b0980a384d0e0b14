import { useState } from "react";
import { Link } from "react-router";
import type { AssetRead } from "@/client/schema";
import { RenameForm } from "@/components/rename";
import { useRename } from "@/features/library/api/rename";
import { AssetMenu } from "@/features/library/components/asset-menu";
import { Facts } from "@/features/library/components/facts";
import { Picture } from "@/features/library/components/picture";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.library.card;

/** A portrait or a slide: its picture, its name, and whether it may be used. */
export function AssetCard({ asset }: { asset: AssetRead }) {
  const shape = asset.kind === "portrait" ? "aspect-4/5" : "aspect-video";
  return (
    <li className="flex flex-col gap-3">
      <Link
        to={paths.asset(asset.id)}
        // its name is a link too
        tabIndex={-1}
        aria-hidden
        className={`flex overflow-hidden rounded border border-line bg-stage transition-shadow hover:shadow-high ${shape}`}
      >
        <Picture asset={asset} />
      </Link>
      <Named asset={asset} />
    </li>
  );
}

/** A file's name, which can be changed where it stands, and what is to be known of it. */
export function Named({ asset }: { asset: AssetRead }) {
  const [renamed, setRenamed] = useState(false);
  const renaming = useRename(asset.id);
  const close = () => {
    setRenamed(false);
  };
  if (renamed)
    return <RenameForm name={asset.name} label={words.name} renaming={renaming} onDone={close} />;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)_auto] items-start gap-x-1">
      <h2 title={asset.name} className="line-clamp-2 font-sans font-semibold break-words">
        <Link to={paths.asset(asset.id)} className="rounded-small hover:text-accent">
          {asset.name}
        </Link>
      </h2>
      <AssetMenu
        asset={asset}
        onRename={() => {
          setRenamed(true);
        }}
      />
      <div className="col-span-2 sm:col-span-1">
        <Facts asset={asset} />
      </div>
    </div>
  );
}
