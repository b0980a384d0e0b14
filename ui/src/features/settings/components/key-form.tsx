import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import type { KeyMade, Scope } from "@/client/schema";
import { Button } from "@/components/button";
import { CheckboxGroup } from "@/components/checkbox";
import { DialogButtons } from "@/components/dialog";
import { FormField } from "@/components/form";
import { ProblemNotice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextField } from "@/components/text-field";
import { keyForm, useMakeKey, type KeyForm as Form } from "@/features/settings/api/keys";
import { useMe } from "@/session/me";
import { text } from "@/text";

const words = text.settings.keys;

export function KeyForm({
  onMade,
  onCancel,
}: {
  onMade: (key: KeyMade) => void;
  onCancel: () => void;
}) {
  const make = useMakeKey();
  const scopes = useScopes();
  const { control, handleSubmit } = useForm<Form>({
    resolver: zodResolver(keyForm),
    defaultValues: { name: "", scopes: [], expiry: "quarter" },
  });
  const submit = (form: Form) => {
    make.mutate(form, { onSuccess: onMade });
  };
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={handleSubmit(submit)}>
      <ProblemNotice error={make.error} />
      <FormField control={control} name="name">
        {(field) => <TextField {...field} autoFocus label={words.name} hint={words.nameHint} />}
      </FormField>
      <Controller
        control={control}
        name="scopes"
        render={({ field: { value, onChange }, fieldState: { error } }) => (
          <CheckboxGroup
            label={words.scopes}
            options={scopes}
            value={value}
            onChange={onChange}
            error={error?.message}
          />
        )}
      />
      <Controller
        control={control}
        name="expiry"
        render={({ field: { value, onChange } }) => (
          <Select label={words.expiry} options={words.expiries} value={value} onChange={onChange} />
        )}
      />
      <DialogButtons>
        <Button onPress={onCancel}>{text.common.cancel}</Button>
        <Button type="submit" look="primary" pending={make.isPending && words.submit}>
          {words.submit}
        </Button>
      </DialogButtons>
    </form>
  );
}

/** Only administrators' keys can look after users. */
function useScopes(): Partial<Record<Scope, string>> {
  const me = useMe();
  const { admin, ...usual } = words.scopeNames;
  return me?.role === "admin" ? { ...usual, admin } : usual;
}
