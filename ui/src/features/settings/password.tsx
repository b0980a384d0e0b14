import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import type { PasswordChange } from "@/client/schema";
import { Button } from "@/components/button";
import { FormField, showAtFields } from "@/components/form";
import { ProblemNotice } from "@/components/notice";
import { PasswordField } from "@/components/text-field";
import { toast } from "@/components/toast-queue";
import { passwordForm, useChangePassword } from "@/features/settings/api/password";
import { Section } from "@/components/section";
import { useMe } from "@/session/me";
import { text } from "@/text";

const words = text.settings.password;
const FIELDS = ["old_password", "new_password"] as const;

export function Component() {
  const me = useMe();
  const change = useChangePassword();
  const { control, handleSubmit, setError, reset } = useForm<PasswordChange>({
    resolver: zodResolver(passwordForm),
    defaultValues: { old_password: "", new_password: "" },
  });
  const submit = (form: PasswordChange) => {
    change.mutate(form, {
      onSuccess: () => {
        reset();
        toast(words.saved);
      },
      onError: (error) => {
        showAtFields(error, FIELDS, setError);
      },
    });
  };
  return (
    <Section title={words.title} lead={words.lead}>
      <form noValidate className="flex max-w-2xl flex-col gap-4" onSubmit={handleSubmit(submit)}>
        <ProblemNotice error={change.error} />
        {/* for password managers, which want to know whose it is */}
        <input hidden readOnly autoComplete="username" value={me?.username ?? ""} />
        <FormField control={control} name="old_password">
          {(field) => (
            <PasswordField {...field} label={words.old} autoComplete="current-password" />
          )}
        </FormField>
        <FormField control={control} name="new_password">
          {(field) => (
            <PasswordField
              {...field}
              label={words.new}
              hint={text.session.register.passwordHint}
              autoComplete="new-password"
            />
          )}
        </FormField>
        <Button
          type="submit"
          look="primary"
          className="self-start"
          pending={change.isPending && words.submit}
        >
          {words.submit}
        </Button>
      </form>
    </Section>
  );
}
