import { useMutation } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api, call, session } from "@/client/api";
import type { Registration } from "@/client/schema";
import { email, password, username } from "@/session/account-rules";

export const registration = z.object({
  email,
  username,
  password,
}) satisfies z.ZodMiniType<Registration>;

/** Makes an account and signs in with it. */
export function useRegister() {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: async (form: Registration) => {
      await call(api.POST("/api/auth/register", { body: form }));
      const login = { login: form.username, password: form.password, remember_me: false };
      return call(api.POST("/api/auth/login", { body: { ...login, refresh_in_body: false } }));
    },
    onSuccess: (access) => {
      session.open(access);
    },
  });
}
