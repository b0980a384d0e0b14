import { Ellipsis, KeyRound, Pause, Pencil, Play, Trash2, type LucideIcon } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/client/keys";
import type { WebhookRead } from "@/client/schema";
import { IconButton } from "@/components/button";
import { Confirm } from "@/components/dialog";
import { Menu, MenuItem } from "@/components/menu";
import { toast } from "@/components/toast-queue";
import { undoable } from "@/components/undo";
import { deleteWebhook, useChangeWebhook } from "@/features/webhooks/api/webhooks";
import { ChangeDialog } from "@/features/webhooks/components/change-dialog";
import { RotateDialog } from "@/features/webhooks/components/rotate-dialog";
import { webhooks as words } from "@/text/webhooks";

type Asked = "change" | "rotate" | "pause" | null;

/** What can be done with a webhook; `onRemoved` where there is a page to leave. */
export function WebhookActions({
  webhook,
  onRemoved,
}: {
  webhook: WebhookRead;
  onRemoved?: () => void;
}) {
  const [asked, setAsked] = useState<Asked>(null);
  const change = useChangeWebhook(webhook.id, { inForm: false });
  const remove = useRemoval(webhook, onRemoved);
  const close = () => {
    setAsked(null);
  };
  const turn = (enabled: boolean) => {
    change.mutate(
      { enabled },
      {
        onSuccess: () => {
          toast(enabled ? words.resumed : words.paused);
        },
        onSettled: close,
      },
    );
  };
  return (
    <>
      <Menu
        label={words.more(webhook.url)}
        trigger={
          <IconButton label={words.more(webhook.url)}>
            <Ellipsis aria-hidden className="size-5" />
          </IconButton>
        }
      >
        <Action
          icon={Pencil}
          name={words.change}
          onAction={() => {
            setAsked("change");
          }}
        />
        {webhook.enabled ? (
          <Action
            icon={Pause}
            name={words.pause}
            onAction={() => {
              setAsked("pause");
            }}
          />
        ) : (
          <Action
            icon={Play}
            name={words.resume}
            onAction={() => {
              turn(true);
            }}
          />
        )}
        <Action
          icon={KeyRound}
          name={words.rotate}
          onAction={() => {
            setAsked("rotate");
          }}
        />
        <Action icon={Trash2} name={words.remove} onAction={remove} />
      </Menu>
      <ChangeDialog webhook={webhook} isOpen={asked === "change"} onClose={close} />
      <RotateDialog webhook={webhook} isOpen={asked === "rotate"} onClose={close} />
      <Confirm
        title={words.pauseHeading}
        action={words.pause}
        isOpen={asked === "pause"}
        pending={change.isPending}
        onConfirm={() => {
          turn(false);
        }}
        onClose={close}
      >
        {words.pauseText}
      </Confirm>
    </>
  );
}

function Action({
  icon: Icon,
  name,
  onAction,
}: {
  icon: LucideIcon;
  name: string;
  onAction: () => void;
}) {
  return (
    <MenuItem onAction={onAction} textValue={name}>
      <Icon aria-hidden className="size-4 text-muted" />
      {name}
    </MenuItem>
  );
}

/** Takes it away; for a while it can be taken back. */
function useRemoval(webhook: WebhookRead, onRemoved?: () => void): () => void {
  const queries = useQueryClient();
  return () => {
    undoable(words.removed, [webhook.id], async () => {
      await deleteWebhook(webhook.id);
      queries.removeQueries({ queryKey: keys.webhook(webhook.id) });
      await queries.invalidateQueries({ queryKey: [...keys.webhooks, "list"] });
    });
    onRemoved?.();
  };
}
