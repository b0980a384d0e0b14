import type { UserState } from "@/client/schema";
import { Choice } from "@/components/choice";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast-queue";
import { useChangeUser } from "@/features/admin/api/users";
import { admin } from "@/text/admin";

const words = admin.user;

/** What somebody may do; it is changed at once. */
export function RoleChoice({ user }: { user: UserState }) {
  const change = useChangeUser(user.id);
  return (
    <>
      <Choice
        label={words.roleLabel}
        options={words.roles}
        value={change.isPending ? (change.variables.role ?? user.role) : user.role}
        onChange={(role) => {
          change.mutate(
            { role },
            {
              onSuccess: () => {
                toast(words.roleSaved);
              },
            },
          );
        }}
      />
      <ProblemNotice error={change.error} />
    </>
  );
}
