import { useState } from "react";
import { useSearchParams } from "react-router";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { TextLink } from "@/components/link";
import { Notice, ProblemNotice } from "@/components/notice";
import { PasswordField, TextField } from "@/components/text-field";
import { Welcome } from "@/features/accounts/components/welcome";
import { paths } from "@/paths";
import { useSignInForm } from "@/session/sign-in";
import { text } from "@/text";

const words = text.session.signIn;

export function Component() {
  const [search] = useSearchParams();
  const register = search.size > 0 ? `${paths.register}?${search.toString()}` : paths.register;
  return (
    <Welcome title={words.title} lead={words.lead}>
      <SignInForm />
      <Forgotten />
      <p>
        {words.noAccount} <TextLink href={register}>{words.register}</TextLink>
      </p>
    </Welcome>
  );
}

function SignInForm() {
  const { form, set, errors, error, pending, submit } = useSignInForm();
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
      <ProblemNotice error={error} />
      <TextField
        name="login"
        label={words.login}
        value={form.login}
        maxLength={320}
        error={errors.login}
        autoComplete="username"
        autoCapitalize="none"
        onChange={(login) => {
          set({ login });
        }}
      />
      <PasswordField
        name="password"
        label={words.password}
        value={form.password}
        maxLength={128}
        error={errors.password}
        autoComplete="current-password"
        onChange={(password) => {
          set({ password });
        }}
      />
      <Checkbox
        isSelected={form.remember_me}
        onChange={(remember_me) => {
          set({ remember_me });
        }}
      >
        {words.remember}
      </Checkbox>
      <Button type="submit" look="primary" pending={pending && words.submitting}>
        {words.submit}
      </Button>
    </form>
  );
}

/** There is no mail to send a link by: an administrator helps. */
function Forgotten() {
  const [asked, setAsked] = useState(false);
  if (asked) return <Notice>{words.forgotAnswer}</Notice>;
  return (
    <Button
      look="quiet"
      className="-ml-4 self-start"
      onPress={() => {
        setAsked(true);
      }}
    >
      {words.forgot}
    </Button>
  );
}
