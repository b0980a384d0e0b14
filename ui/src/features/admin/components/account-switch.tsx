import { useState } from "react";
import type { UserState } from "@/client/schema";
import { Button } from "@/components/button";
import { Confirm } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast-queue";
import { useChangeUser } from "@/features/admin/api/users";
import { admin } from "@/text/admin";

const words = admin.user;

/** Disables an account, or opens it again. */
export function AccountSwitch({ user }: { user: UserState }) {
  const [asked, setAsked] = useState(false);
  const change = useChangeUser(user.id);
  const close = () => {
    setAsked(false);
  };
  const turn = (disabled: boolean) => {
    change.mutate(
      { disabled },
      {
        onSuccess: () => {
          toast(disabled ? words.disabledNow : words.enabledNow);
        },
        onSettled: close,
      },
    );
  };
  return (
    <>
      <ProblemNotice error={change.error} />
      {user.disabled_at ? (
        <Button
          pending={change.isPending && words.enable}
          onPress={() => {
            turn(false);
          }}
        >
          {words.enable}
        </Button>
      ) : (
        <Button
          onPress={() => {
            setAsked(true);
          }}
        >
          {words.disable}
        </Button>
      )}
      <Confirm
        title={words.disableHeading(user.username)}
        action={words.disable}
        isOpen={asked}
        pending={change.isPending}
        onConfirm={() => {
          turn(true);
        }}
        onClose={close}
      >
        {words.disableText}
      </Confirm>
    </>
  );
}
