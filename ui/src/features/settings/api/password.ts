import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { PasswordChange } from "@/client/schema";
import { password } from "@/session/account-rules";
import { text } from "@/text";

export const passwordForm = z.object({
  old_password: z.string().min(1, text.common.required),
  new_password: password,
}) satisfies z.ZodType<PasswordChange>;

export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (form: PasswordChange) =>
      call(api.POST("/api/auth/change-password", { body: form })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.sessions }),
  });
}
