import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Button } from "@/components/button";
import { text } from "@/text";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose?: () => void;
  /** It asks for an answer: a click beside it does not close it. */
  firm?: boolean;
  children: ReactNode;
}

/** A window over the page. Without `onClose` it stays until what it asks for is done. */
export function Dialog({ title, isOpen, onClose, firm = false, children }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable={!firm && onClose !== undefined}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(open) => {
        if (!open) onClose?.();
      }}
      className="fixed inset-0 z-40 flex flex-col items-center overflow-y-auto bg-veil sm:p-4"
    >
      {/* by its margins, not by the overlay: what is higher than the screen begins at its top */}
      <Modal className="mt-auto w-full max-w-lg rounded-t-large bg-raised shadow-high sm:my-auto sm:rounded-large">
        <AriaDialog
          role={firm ? "alertdialog" : "dialog"}
          className="flex flex-col gap-4 p-6 outline-none"
        >
          <Heading slot="title" className="text-title">
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks before something that cannot be undone. */
export function Confirm({
  title,
  children,
  action,
  pending,
  isOpen,
  onConfirm,
  onClose,
}: {
  title: string;
  children: ReactNode;
  action: string;
  pending: boolean;
  isOpen: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} firm>
      <div>{children}</div>
      <DialogButtons>
        <Button onPress={onClose} autoFocus>
          {text.common.cancel}
        </Button>
        <Button look="danger" onPress={onConfirm} pending={pending && action}>
          {action}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

export function DialogButtons({ children }: { children: ReactNode }) {
  return (
    <div className="mt-2 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">{children}</div>
  );
}
