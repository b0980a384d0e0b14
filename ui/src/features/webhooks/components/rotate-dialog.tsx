import { useState } from "react";
import type { WebhookMade, WebhookRead } from "@/client/schema";
import { Button } from "@/components/button";
import { Dialog, DialogButtons } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { Select } from "@/components/select";
import { useRotateSecret } from "@/features/webhooks/api/webhooks";
import { SecretDialog } from "@/features/webhooks/components/secret-dialog";
import { text } from "@/text";
import { webhooks as words } from "@/text/webhooks";

/** Asks for how long the old secret is to be good, then shows the new one once. */
export function RotateDialog({
  webhook,
  isOpen,
  onClose,
}: {
  webhook: WebhookRead;
  isOpen: boolean;
  onClose: () => void;
}) {
  const [hours, setHours] = useState<keyof typeof words.overlaps>("24");
  const [made, setMade] = useState<WebhookMade | null>(null);
  const rotate = useRotateSecret(webhook.id);
  const close = () => {
    setMade(null);
    rotate.reset();
    onClose();
  };
  return (
    <>
      <Dialog title={words.rotateHeading} isOpen={isOpen && made === null} onClose={close} firm>
        <p>{words.rotateText}</p>
        <ProblemNotice error={rotate.error} />
        <Select label={words.overlap} options={words.overlaps} value={hours} onChange={setHours} />
        <DialogButtons>
          <Button onPress={close}>{text.common.cancel}</Button>
          <Button
            look="primary"
            pending={rotate.isPending && words.rotate}
            onPress={() => {
              rotate.mutate(Number(hours), { onSuccess: setMade });
            }}
          >
            {words.rotate}
          </Button>
        </DialogButtons>
      </Dialog>
      <SecretDialog made={made} onClose={close} />
    </>
  );
}
