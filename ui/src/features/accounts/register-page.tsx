import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useSearchParams } from "react-router";
import type { Registration } from "@/client/schema";
import { Button } from "@/components/button";
import { FormField, showAtFields } from "@/components/form";
import { TextLink } from "@/components/link";
import { ProblemNotice } from "@/components/notice";
import { PasswordField, TextField } from "@/components/text-field";
import { registration, useRegister } from "@/features/accounts/api/register";
import { Welcome } from "@/features/accounts/components/welcome";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.session.register;
const FIELDS = ["email", "username", "password"] as const;

export function Component() {
  const [search] = useSearchParams();
  const signIn = search.size > 0 ? `${paths.signIn}?${search.toString()}` : paths.signIn;
  return (
    <Welcome title={words.title} lead={words.lead}>
      <RegisterForm />
      <p>
        {words.hasAccount} <TextLink href={signIn}>{words.signIn}</TextLink>
      </p>
    </Welcome>
  );
}

function RegisterForm() {
  const register = useRegister();
  const { control, handleSubmit, setError } = useForm<Registration>({
    resolver: zodResolver(registration),
    defaultValues: { email: "", username: "", password: "" },
  });
  const submit = (form: Registration) => {
    register.mutate(form, {
      onError: (error) => {
        showAtFields(error, FIELDS, setError);
      },
    });
  };
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={handleSubmit(submit)}>
      <ProblemNotice error={register.error} />
      <FormField control={control} name="email">
        {(field) => <TextField {...field} label={words.email} type="email" autoComplete="email" />}
      </FormField>
      <FormField control={control} name="username">
        {(field) => (
          <TextField
            {...field}
            label={words.username}
            hint={words.usernameHint}
            autoComplete="username"
            autoCapitalize="none"
          />
        )}
      </FormField>
      <FormField control={control} name="password">
        {(field) => (
          <PasswordField
            {...field}
            label={words.password}
            hint={words.passwordHint}
            autoComplete="new-password"
          />
        )}
      </FormField>
      <Button type="submit" look="primary" pending={register.isPending && words.submitting}>
        {words.submit}
      </Button>
    </form>
  );
}
