import type { WebhookRead } from "@/client/schema";
import { Dialog } from "@/components/dialog";
import { toast } from "@/components/toast-queue";
import { useChangeWebhook } from "@/features/webhooks/api/webhooks";
import { WebhookForm } from "@/features/webhooks/components/webhook-form";
import { webhooks as words } from "@/text/webhooks";

export function ChangeDialog({
  webhook,
  isOpen,
  onClose,
}: {
  webhook: WebhookRead;
  isOpen: boolean;
  onClose: () => void;
}) {
  const change = useChangeWebhook(webhook.id, { inForm: true });
  const close = () => {
    change.reset();
    onClose();
  };
  return (
    <Dialog title={words.changeTitle} isOpen={isOpen} onClose={close}>
      <WebhookForm
        start={webhook}
        submit={words.save}
        sending={change}
        send={({ url, kinds, description }, onError) => {
          change.mutate(
            { url, kinds, description },
            {
              onSuccess: () => {
                toast(words.saved);
                close();
              },
              onError,
            },
          );
        }}
        onCancel={close}
      />
    </Dialog>
  );
}
