import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import { Button } from "@/components/button";
import { CheckboxGroup } from "@/components/checkbox";
import { DialogButtons } from "@/components/dialog";
import { FormField, showAtFields } from "@/components/form";
import { ProblemNotice } from "@/components/notice";
import { TextField } from "@/components/text-field";
import { webhookForm, type WebhookForm as Form } from "@/features/webhooks/api/webhooks";
import { text } from "@/text";
import { webhooks as words } from "@/text/webhooks";

const FIELDS = ["url", "kinds", "description"] as const;
export const NEW: Form = {
  url: "",
  kinds: ["job.succeeded", "job.failed", "batch.finished"],
  description: "",
};

interface Sending {
  isPending: boolean;
  error: unknown;
}

/** Where it leads, and what it is told of. `send` rejects with what the API refuses. */
export function WebhookForm({
  start,
  submit,
  sending,
  send,
  onCancel,
}: {
  start: Form;
  submit: string;
  sending: Sending;
  send: (form: Form, onError: (error: unknown) => void) => void;
  onCancel: () => void;
}) {
  const { control, handleSubmit, setError } = useForm<Form>({
    resolver: zodResolver(webhookForm),
    defaultValues: start,
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={handleSubmit((form) => {
        send(form, (error) => {
          showAtFields(error, FIELDS, setError);
        });
      })}
    >
      <ProblemNotice error={sending.error} />
      <FormField control={control} name="url">
        {(field) => (
          <TextField {...field} autoFocus type="url" label={words.url} hint={words.urlHint} />
        )}
      </FormField>
      <Controller
        control={control}
        name="kinds"
        render={({ field: { value, onChange }, fieldState: { error } }) => (
          <CheckboxGroup
            label={words.kinds}
            options={words.kindNames}
            value={value}
            onChange={onChange}
            error={error?.message}
          />
        )}
      />
      <FormField control={control} name="description">
        {(field) => <TextField {...field} label={words.description} />}
      </FormField>
      <DialogButtons>
        <Button onPress={onCancel}>{text.common.cancel}</Button>
        <Button type="submit" look="primary" pending={sending.isPending && submit}>
          {submit}
        </Button>
      </DialogButtons>
    </form>
  );
}
