import { useQueryClient } from "@tanstack/react-query";
import { session } from "@/client/api";
import { Button } from "@/components/button";
import { Dialog, DialogButtons } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { PasswordField } from "@/components/text-field";
import { meQuery } from "@/session/me";
import { useSignInForm } from "@/session/sign-in";
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
  const { form, set, errors, error, pending, submit } = useSignInForm(me?.username);
  const leave = () => {
    session.close();
  };
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
      <p>{text.session.expired.lead(me?.username ?? "")}</p>
      <ProblemNotice error={error} />
      <PasswordField
        autoFocus
        name="password"
        label={text.session.signIn.password}
        value={form.password}
        maxLength={128}
        error={errors.password}
        autoComplete="current-password"
        onChange={(password) => {
          set({ password });
        }}
      />
      <DialogButtons>
        <Button look="quiet" onPress={leave}>
          {text.session.expired.other}
        </Button>
        <Button type="submit" look="primary" pending={pending && text.session.signIn.submitting}>
          {text.session.expired.submit}
        </Button>
      </DialogButtons>
    </form>
  );
}
