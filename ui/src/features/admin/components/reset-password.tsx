import { useState } from "react";
import type { UserState } from "@/client/schema";
import { Button } from "@/components/button";
import { CopyField } from "@/components/copy-field";
import { Confirm, Dialog, DialogButtons } from "@/components/dialog";
import { Notice, ProblemNotice } from "@/components/notice";
import { useResetPassword } from "@/features/admin/api/users";
import { admin } from "@/text/admin";

const words = admin.user;

/** A new password for somebody who forgot theirs, shown once. */
export function ResetPassword({ user }: { user: UserState }) {
  const [asked, setAsked] = useState(false);
  const reset = useResetPassword(user.id);
  const close = () => {
    setAsked(false);
    reset.reset();
  };
  return (
    <>
      <Button
        onPress={() => {
          setAsked(true);
        }}
      >
        {words.reset}
      </Button>
      <Confirm
        title={words.resetHeading(user.username)}
        action={words.reset}
        isOpen={asked && reset.data === undefined}
        pending={reset.isPending}
        onConfirm={() => {
          reset.mutate();
        }}
        onClose={close}
      >
        <p>{words.resetText}</p>
        <ProblemNotice error={reset.error} />
      </Confirm>
      <Dialog
        title={words.madeTitle(user.username)}
        isOpen={reset.data !== undefined}
        onClose={close}
        firm
      >
        <Notice kind="warn">{words.madeText}</Notice>
        <CopyField label={words.madeLabel} value={reset.data?.password ?? ""} />
        <DialogButtons>
          <Button look="primary" onPress={close}>
            {words.madeDone}
          </Button>
        </DialogButtons>
      </Dialog>
    </>
  );
}
