import type { AssetRead } from "@/client/schema";
import { ConsentBadge } from "@/features/library/components/consent-badge";
import { found } from "@/features/library/found";
import { text } from "@/text";
import { duration, relative } from "@/text/format";

const words = text.library;

/** What is to be known of a file at a glance. */
export function Facts({ asset }: { asset: AssetRead }) {
  return (
    <div className="text-small text-muted">
      <p className="first-letter:uppercase">
        {[...told(asset), words.card.added(relative(asset.created_at))].join(" · ")}
      </p>
      {asset.status === "ready" && <ConsentBadge state={asset.consent_state} />}
      {asset.error_detail && <p className="line-clamp-2 text-bad">{asset.error_detail}</p>}
    </div>
  );
}

function told({ kind, status, details }: AssetRead): string[] {
  if (status !== "ready") return [words.status[status]];
  if (kind === "voice") {
    const { data } = found.voice.safeParse(details);
    return data ? [words.card.speech(duration(data.speech_seconds))] : [];
  }
  if (kind === "script") {
    const { data } = found.script.safeParse(details);
    return data ? [words.card.scenes(data.scenes), words.card.about(duration(data.seconds))] : [];
  }
  return [];
}
