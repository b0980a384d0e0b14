import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { session } from "@/client/api";
import { Button } from "@/components/button";
import { Dialog, DialogButtons } from "@/components/dialog";
import { FormField } from "@/components/form";
import { ProblemNotice } from "@/components/notice";
import { PasswordField } from "@/components/text-field";
import { meQuery } from "@/session/me";
import { loginForm, useSignIn, type LoginForm } from "@/session/sign-in";
import { text } from "@/text";

/** Over the page when the session has ended: requests and what was typed wait behind it. */
export default function ExpiredDialog() {
  return (
    <Dialog title={text.session.expired.title} isOpen>
      <SignInAgain />
    </Dialog>
  );
}

function SignInAgain() {
  const queries = useQueryClient();
  const me = queries.getQueryData(meQuery.queryKey);
  const signIn = useSignIn();
  const { control, handleSubmit } = useForm<LoginForm>({
    resolver: zodResolver(loginForm),
    defaultValues: { login: me?.username ?? "", password: "", remember_me: false },
  });
  const leave = () => {
    session.close();
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={handleSubmit((form) => {
        signIn.mutate(form);
      })}
    >
      <p>{text.session.expired.lead(me?.username ?? "")}</p>
      <ProblemNotice error={signIn.error} />
      <FormField control={control} name="password">
        {(field) => (
          <PasswordField
            {...field}
            autoFocus
            label={text.session.signIn.password}
            autoComplete="current-password"
          />
        )}
      </FormField>
      <DialogButtons>
        <Button look="quiet" onPress={leave}>
          {text.session.expired.other}
        </Button>
        <Button
          type="submit"
          look="primary"
          pending={signIn.isPending && text.session.signIn.submitting}
        >
          {text.session.expired.submit}
        </Button>
      </DialogButtons>
    </form>
  );
}
