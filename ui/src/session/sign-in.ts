import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api, call, session } from "@/client/api";
import type { Login } from "@/client/schema";
import { text } from "@/text";

export type LoginForm = Required<Pick<Login, "login" | "password" | "remember_me">>;

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

/**
 * The form of it. By hand: it is what a first visit waits for, and a library for forms would be a
 * good part of that.
 */
export function useSignInForm(login = "") {
  const [form, setForm] = useState<LoginForm>({ login, password: "", remember_me: false });
  const [tried, setTried] = useState(false);
  const signIn = useSignIn();
  const lacking = { login: !form.login.trim(), password: !form.password };
  const said = (lacks: boolean) => (tried && lacks ? text.common.required : undefined);
  return {
    form,
    set: (change: Partial<LoginForm>) => {
      setForm({ ...form, ...change });
    },
    errors: { login: said(lacking.login), password: said(lacking.password) },
    error: signIn.error,
    pending: signIn.isPending,
    submit: (event: SyntheticEvent<HTMLFormElement>) => {
      event.preventDefault();
      setTried(true);
      const first = lacking.login ? "login" : lacking.password ? "password" : null;
      if (first === null) signIn.mutate({ ...form, login: form.login.trim() });
      else focus(event.currentTarget.elements.namedItem(first));
    },
  };
}

function focus(field: unknown): void {
  if (field instanceof HTMLElement) field.focus();
}
