import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import type { UserRead } from "@/client/schema";
import { Button } from "@/components/button";
import { FormField, showAtFields } from "@/components/form";
import { ProblemNotice } from "@/components/notice";
import { TextField } from "@/components/text-field";
import { toast } from "@/components/toast-queue";
import { Waiting } from "@/components/waiting";
import { profileForm, useChangeProfile, type ProfileForm } from "@/features/settings/api/profile";
import { Section } from "@/components/section";
import { useMe } from "@/session/me";
import { text } from "@/text";
import { day, DOT } from "@/text/format";

const words = text.settings.profile;
const FIELDS = ["email", "username"] as const;

export function Component() {
  const me = useMe();
  return (
    <Section title={words.title} lead={words.lead}>
      {me ? <ProfileForm me={me} /> : <Waiting />}
    </Section>
  );
}

function ProfileForm({ me }: { me: UserRead }) {
  const change = useChangeProfile();
  const { control, handleSubmit, setError } = useForm<ProfileForm>({
    resolver: zodResolver(profileForm),
    values: { email: me.email, username: me.username },
  });
  const submit = (form: ProfileForm) => {
    change.mutate(form, {
      onSuccess: () => {
        toast(words.saved);
      },
      onError: (error) => {
        showAtFields(error, FIELDS, setError);
      },
    });
  };
  return (
    <form noValidate className="flex max-w-2xl flex-col gap-4" onSubmit={handleSubmit(submit)}>
      <ProblemNotice error={change.error} />
      <FormField control={control} name="email">
        {(field) => <TextField {...field} label={words.email} type="email" autoComplete="email" />}
      </FormField>
      <FormField control={control} name="username">
        {(field) => (
          <TextField
            {...field}
            label={words.username}
            hint={text.session.register.usernameHint}
            autoComplete="username"
          />
        )}
      </FormField>
      <dl className="text-small">
        <dt className="font-semibold">{words.role}</dt>
        <dd className="mt-1 text-muted">
          {[words.roles[me.role], words.since(day(me.created_at))].join(DOT)}
        </dd>
      </dl>
      <Button
        type="submit"
        look="primary"
        className="self-start"
        pending={change.isPending && words.submit}
      >
        {words.submit}
      </Button>
    </form>
  );
}
