import { useState } from "react";
import type { AssetRead, ConsentEnded, ConsentRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { SpokenConsent } from "@/components/spoken-consent";
import { useGoing } from "@/components/undo";
import { useUses } from "@/features/library/api/uses";
import { ConsentBadge } from "@/features/library/components/consent-badge";
import { ConsentForm } from "@/features/library/components/consent-form";
import { ConsentHistory } from "@/features/library/components/consent-history";
import { DeleteMade } from "@/features/library/components/delete-made";
import { Panel } from "@/features/library/components/panel";
import { RevokeConsent } from "@/features/library/components/revoke-consent";
import { isOfPeople } from "@/features/library/wanted";
import { text } from "@/text";
import { day, relative } from "@/text/format";

const words = text.library.consent;

/** Who is shown or heard and why that may be: recorded, changed, taken back. */
export function ConsentPanel({ asset }: { asset: AssetRead }) {
  const [changing, setChanging] = useState(false);
  const [ended, setEnded] = useState<ConsentEnded | null>(null);
  const [offered, setOffered] = useState(false);
  const { consent, consent_state: state, kind } = asset;
  if (!isOfPeople(kind)) return null;
  const close = () => {
    setChanging(false);
  };
  return (
    <Panel title={words.title}>
      <p role="status">
        <ConsentBadge state={state} />
      </p>
      {state === "valid" && consent ? (
        <Given consent={consent} />
      ) : (
        <Lacking consent={consent} why={words.why[kind]} />
      )}
      {consent?.revoked_at && (
        <MadeBefore
          assetId={asset.id}
          onDelete={() => {
            setEnded(null);
            setOffered(true);
          }}
        />
      )}
      {state === "valid" && consent && !changing ? (
        <div className="flex flex-wrap gap-2">
          <Button
            onPress={() => {
              setChanging(true);
            }}
          >
            {words.change}
          </Button>
          <RevokeConsent
            assetId={asset.id}
            person={consent.person}
            onEnded={(what) => {
              setEnded(what);
              setOffered(what.lessons.length + what.jobs_stopped.length > 0);
            }}
          />
        </div>
      ) : (
        <ConsentForm
          assetId={asset.id}
          before={consent}
          onDone={close}
          onLeave={changing ? close : undefined}
        />
      )}
      <SpokenConsent asset={asset} />
      {consent && <ConsentHistory assetId={asset.id} />}
      <DeleteMade
        asset={asset}
        ended={ended}
        isOpen={offered}
        onClose={() => {
          setOffered(false);
        }}
      />
    </Panel>
  );
}

function Given({ consent }: { consent: ConsentRead }) {
  const { person, statement, scope, recorded_at, expires_at } = consent;
  const times = [words.recordedAt(relative(recorded_at))];
  if (expires_at) times.push(words.endsOn(day(expires_at)));
  return (
    <div>
      <p>{words.given(person, words.said[statement])}</p>
      <p className="text-small text-muted">{words.scopeSaid(scope)}</p>
      <p className="text-small text-muted">{times.join(" · ")}</p>
    </div>
  );
}

/** What was made while it held can still be deleted. */
function MadeBefore({ assetId, onDelete }: { assetId: string; onDelete: () => void }) {
  const { data } = useUses(assetId);
  const going = useGoing();
  if (!data?.items.some(({ id }) => !going.has(id))) return null;
  return (
    <Button className="self-start" onPress={onDelete}>
      {text.library.made.ask}
    </Button>
  );
}

/** Why nothing may be made with it now. */
function Lacking({ consent, why }: { consent: ConsentRead | null; why: string }) {
  if (consent?.revoked_at)
    return <Notice kind="warn">{words.revokedOn(relative(consent.revoked_at))}</Notice>;
  if (consent?.expires_at)
    return <Notice kind="warn">{words.ended(day(consent.expires_at))}</Notice>;
  return <p className="max-w-prose text-muted">{why}</p>;
}
