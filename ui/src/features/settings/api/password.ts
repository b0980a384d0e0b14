import { useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { PasswordChange } from "@/client/schema";
import { password } from "@/session/account-rules";
import { text } from "@/text";

export const passwordForm = z.object({
  old_password: z.string().check(z.minLength(1, text.common.required)),
  new_password: password,
}) satisfies z.ZodMiniType<PasswordChange>;

export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (form: PasswordChange) =>
      call(api.POST("/api/auth/change-password", { body: form })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.sessions }),
  });
}
