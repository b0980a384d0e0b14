import type { ReactNode, Ref } from "react";
import {
  useController,
  type Control,
  type FieldPathByValue,
  type FieldValues,
  type Path,
  type UseFormSetError,
} from "react-hook-form";
import { ApiProblem } from "@/client/problem";

interface Field {
  name: string;
  value: string;
  error?: string;
  onChange: (value: string) => void;
  onBlur: () => void;
  ref: Ref<HTMLInputElement & HTMLTextAreaElement>;
}

/** Ties a field of ours to a form: its value, its error, its focus. */
export function FormField<Form extends FieldValues>({
  control,
  name,
  children,
}: {
  control: Control<Form>;
  name: FieldPathByValue<Form, string>;
  children: (field: Field) => ReactNode;
}) {
  const { field, fieldState } = useController({ control, name });
  const { value, onChange, onBlur, ref } = field;
  return children({ name, value, onChange, onBlur, ref, error: fieldState.error?.message });
}

/**
 * Puts what the API says of single fields at these fields. Returns the error if anything of it is
 * left to be shown elsewhere.
 */
export function showAtFields<Form extends FieldValues>(
  error: unknown,
  names: readonly Path<Form>[],
  setError: UseFormSetError<Form>,
): unknown {
  if (!(error instanceof ApiProblem)) return error;
  const known = error.fields.filter((each) => names.includes(each.field as Path<Form>));
  for (const { field, message } of known) setError(field as Path<Form>, { message });
  return known.length > 0 && known.length === error.fields.length ? null : error;
}
