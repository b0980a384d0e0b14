import { useMutation } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, session } from "@/client/api";
import type { Login } from "@/client/schema";
import { text } from "@/text";

export const loginForm = z.object({
  login: z.string().trim().min(1, text.common.required).max(320),
  password: z.string().min(1, text.common.required).max(128),
  remember_me: z.boolean(),
}) satisfies z.ZodType<Partial<Login>>;
export type LoginForm = z.infer<typeof loginForm>;

/** Opens a session; its form shows what goes wrong. */
export function useSignIn() {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (form: LoginForm) => call(api.POST("/api/auth/login", { body: form })),
    onSuccess: (access) => {
      session.open(access);
    },
  });
}
