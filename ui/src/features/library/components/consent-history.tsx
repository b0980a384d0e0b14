import { useState } from "react";
import type { ConsentRead } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Waiting } from "@/components/waiting";
import { useConsents } from "@/features/library/api/consent";
import { text } from "@/text";
import { day } from "@/text/format";

const words = text.library.consent;

/** All that was ever recorded, newest first, once it is asked for. */
export function ConsentHistory({ assetId }: { assetId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-col items-start gap-2">
      <Button
        look="quiet"
        className="-ml-4"
        aria-expanded={open}
        onPress={() => {
          setOpen(!open);
        }}
      >
        {words.history}
      </Button>
      {open && <Lines assetId={assetId} />}
    </div>
  );
}

function Lines({ assetId }: { assetId: string }) {
  const { data, error } = useConsents(assetId);
  if (!data) return error ? <ProblemNotice error={error} /> : <Waiting />;
  return (
    <ul className="flex flex-col gap-2 text-small">
      {data.toReversed().map((each) => (
        <li key={each.id}>
          <p>{words.historyLine(each.person, words.said[each.statement])}</p>
          <p className="text-muted">{[words.scopeSaid(each.scope), ...span(each)].join(" · ")}</p>
        </li>
      ))}
    </ul>
  );
}

/** From when on it held, and until when. */
function span({ recorded_at, expires_at, revoked_at }: ConsentRead): string[] {
  const end = revoked_at ?? expires_at;
  return [words.from(day(recorded_at)), ...(end ? [words.to(day(end))] : [])];
}
