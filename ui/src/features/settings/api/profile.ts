import { useMutation } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api, call } from "@/client/api";
import { email, username } from "@/session/account-rules";
import { useKeepMe } from "@/session/me";

export const profileForm = z.object({ email, username });
export type ProfileForm = z.infer<typeof profileForm>;

export function useChangeProfile() {
  const keepMe = useKeepMe();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (form: ProfileForm) => call(api.PATCH("/api/auth/me", { body: form })),
    onSuccess: keepMe,
  });
}
