import { useState } from "react";
import type { ConsentWaiting } from "@/client/schema";
import { Button } from "@/components/button";
import { Dialog, DialogButtons } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast-queue";
import { useVouch } from "@/features/admin/api/consents";
import { admin } from "@/text/admin";
import { text } from "@/text";

const words = admin.consents;

/** Takes a consent for proved, after asking once more. */
export function Vouch({ consent: { id, person } }: { consent: ConsentWaiting }) {
  const [asked, setAsked] = useState(false);
  const vouch = useVouch(id, () => {
    toast(words.proved);
  });
  const close = () => {
    setAsked(false);
  };
  return (
    <>
      <Button
        aria-label={words.proveOne(person)}
        onPress={() => {
          setAsked(true);
        }}
      >
        {words.prove}
      </Button>
      <Dialog title={words.proveHeading(person)} isOpen={asked} onClose={close} firm>
        <p>{words.proveText}</p>
        <ProblemNotice error={vouch.error} />
        <DialogButtons>
          <Button onPress={close} autoFocus>
            {text.common.cancel}
          </Button>
          <Button
            look="primary"
            pending={vouch.isPending && words.prove}
            onPress={() => {
              vouch.mutate();
            }}
          >
            {words.prove}
          </Button>
        </DialogButtons>
      </Dialog>
    </>
  );
}
