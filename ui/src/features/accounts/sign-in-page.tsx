import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { useSearchParams } from "react-router";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { FormField } from "@/components/form";
import { TextLink } from "@/components/link";
import { Notice, ProblemNotice } from "@/components/notice";
import { PasswordField, TextField } from "@/components/text-field";
import { Welcome } from "@/features/accounts/components/welcome";
import { paths } from "@/paths";
import { loginForm, useSignIn, type LoginForm } from "@/session/sign-in";
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
  const signIn = useSignIn();
  const { control, handleSubmit } = useForm<LoginForm>({
    resolver: zodResolver(loginForm),
    defaultValues: { login: "", password: "", remember_me: false },
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={handleSubmit((form) => {
        signIn.mutate(form);
      })}
    >
      <ProblemNotice error={signIn.error} />
      <FormField control={control} name="login">
        {(field) => (
          <TextField {...field} label={words.login} autoComplete="username" autoCapitalize="none" />
        )}
      </FormField>
      <FormField control={control} name="password">
        {(field) => (
          <PasswordField {...field} label={words.password} autoComplete="current-password" />
        )}
      </FormField>
      <Controller
        control={control}
        name="remember_me"
        render={({ field: { value, onChange, onBlur } }) => (
          <Checkbox isSelected={value} onChange={onChange} onBlur={onBlur}>
            {words.remember}
          </Checkbox>
        )}
      />
      <Button type="submit" look="primary" pending={signIn.isPending && words.submitting}>
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
