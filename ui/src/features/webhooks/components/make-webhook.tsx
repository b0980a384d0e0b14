import { useState } from "react";
import type { WebhookMade } from "@/client/schema";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useMakeWebhook } from "@/features/webhooks/api/webhooks";
import { SecretDialog } from "@/features/webhooks/components/secret-dialog";
import { NEW, WebhookForm } from "@/features/webhooks/components/webhook-form";
import { webhooks as words } from "@/text/webhooks";

/** Asks where it leads, then shows its secret once. */
export function MakeWebhook() {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<WebhookMade | null>(null);
  const make = useMakeWebhook();
  const close = () => {
    setOpen(false);
    setMade(null);
    make.reset();
  };
  return (
    <>
      <Button
        look="primary"
        onPress={() => {
          setOpen(true);
        }}
      >
        {words.make}
      </Button>
      <Dialog title={words.make} isOpen={open && made === null} onClose={close}>
        <WebhookForm
          start={NEW}
          submit={words.submit}
          sending={make}
          send={(form, onError) => {
            make.mutate(form, { onSuccess: setMade, onError });
          }}
          onCancel={close}
        />
      </Dialog>
      <SecretDialog made={made} onClose={close} />
    </>
  );
}
