import type { WebhookMade } from "@/client/schema";
import { Button } from "@/components/button";
import { CopyField } from "@/components/copy-field";
import { Dialog, DialogButtons } from "@/components/dialog";
import { Notice } from "@/components/notice";
import { webhooks as words } from "@/text/webhooks";

/** The secret of a webhook, the one time it is shown. */
export function SecretDialog({ made, onClose }: { made: WebhookMade | null; onClose: () => void }) {
  return (
    <Dialog title={words.secretTitle} isOpen={made !== null} onClose={onClose} firm>
      <Notice kind="warn">{words.secretText}</Notice>
      <CopyField label={words.secretLabel} value={made?.secret ?? ""} />
      <DialogButtons>
        <Button look="primary" onPress={onClose}>
          {words.done}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
