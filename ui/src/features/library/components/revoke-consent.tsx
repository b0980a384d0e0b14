import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ConsentEnded } from "@/client/schema";
import { Button } from "@/components/button";
import { Confirm } from "@/components/dialog";
import { useRevokeConsent } from "@/features/library/api/consent";
import { makingQuery } from "@/features/library/api/uses";
import { text } from "@/text";

const words = text.library.consent;

interface Props {
  assetId: string;
  person: string;
  /** Told what it ended. */
  onEnded: (ended: ConsentEnded) => void;
}

/** Takes a consent back, after saying what that means. */
export function RevokeConsent({ assetId, person, onEnded }: Props) {
  const [asked, setAsked] = useState(false);
  const revoke = useRevokeConsent(assetId, onEnded);
  const making = useQuery({ ...makingQuery(assetId), enabled: asked });
  const count = making.data?.total ?? 0;
  const close = () => {
    setAsked(false);
  };
  return (
    <>
      <Button
        onPress={() => {
          setAsked(true);
        }}
      >
        {words.revoke}
      </Button>
      <Confirm
        title={words.revokeHeading(person)}
        action={words.revoke}
        isOpen={asked}
        pending={revoke.isPending}
        onConfirm={() => {
          revoke.mutate(undefined, { onSettled: close });
        }}
        onClose={close}
      >
        <p>{words.revokeText}</p>
        {count > 0 && <p className="mt-2 font-semibold">{words.revokeMaking(count)}</p>}
      </Confirm>
    </>
  );
}
