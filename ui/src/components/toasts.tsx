import { X } from "lucide-react";
import {
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components/Toast";
import { Text } from "react-aria-components/Text";
import { IconButton } from "@/components/button";
import { toasts } from "@/components/toast-queue";
import { text } from "@/text";

/** What has finished elsewhere, at the edge of the page. Once, in the app. */
export function Toasts() {
  return (
    <ToastRegion
      queue={toasts}
      aria-label={text.shell.notifications}
      className="fixed right-4 bottom-4 left-4 z-50 flex flex-col gap-2 rounded sm:left-auto sm:w-96"
    >
      {({ toast }) => (
        <Toast
          toast={toast}
          className="flex items-start gap-2 rounded border border-line bg-raised py-2 pr-1 pl-4 shadow-high"
        >
          <ToastContent className="flex flex-1 flex-col gap-1 py-2">
            <Text
              slot="title"
              className={toast.content.kind === "bad" ? "font-semibold text-bad" : "font-semibold"}
            >
              {toast.content.title}
            </Text>
            {toast.content.text && (
              <Text slot="description" className="text-small text-muted">
                {toast.content.text}
              </Text>
            )}
            {toast.content.action}
          </ToastContent>
          <IconButton slot="close" label={text.shell.dismiss}>
            <X aria-hidden className="size-4" />
          </IconButton>
        </Toast>
      )}
    </ToastRegion>
  );
}
