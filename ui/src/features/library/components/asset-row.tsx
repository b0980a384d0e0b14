import { AudioLines, FileText, Play } from "lucide-react";
import { useState } from "react";
import type { AssetRead } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Waiting } from "@/components/waiting";
import { useAddress } from "@/features/library/api/download";
import { Named } from "@/features/library/components/asset-card";
import { text } from "@/text";

const words = text.library.card;

/** A voice, which can be heard, or a script. */
export function AssetRow({ asset }: { asset: AssetRead }) {
  const Icon = asset.kind === "voice" ? AudioLines : FileText;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 py-4">
      <span
        aria-hidden
        className="grid size-11 shrink-0 place-items-center rounded bg-sunk text-muted"
      >
        <Icon className="size-5" />
      </span>
      <div className="min-w-0 flex-1 basis-56">
        <Named asset={asset} />
      </div>
      {asset.kind === "voice" && asset.status === "ready" && <Listen asset={asset} />}
    </li>
  );
}

/** The player comes once it is asked for: a list of voices fetches none of them. */
function Listen({ asset }: { asset: AssetRead }) {
  const [asked, setAsked] = useState(false);
  const { data, error } = useAddress(asset, asked);
  if (!asked)
    return (
      <Button
        aria-label={words.listenTo(asset.name)}
        onPress={() => {
          setAsked(true);
        }}
      >
        <Play aria-hidden className="size-4" />
        {words.listen}
      </Button>
    );
  if (!data) return error ? <ProblemNotice error={error} /> : <Waiting />;
  return (
    <audio
      controls
      autoPlay
      src={data.address}
      aria-label={words.listenTo(asset.name)}
      className="w-full max-w-80"
    />
  );
}
