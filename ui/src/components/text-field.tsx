import { Eye, EyeOff } from "lucide-react";
import { useState, type ReactNode, type Ref } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea as AriaTextArea } from "react-aria-components/TextArea";
import { TextField as AriaTextField, type TextFieldProps } from "react-aria-components/TextField";
import { IconButton } from "@/components/button";
import { text } from "@/text";

export const LABEL = "text-small font-semibold";
export const HINT = "text-small text-muted";
const BOX =
  "w-full min-w-0 rounded border border-control bg-raised px-3 py-2 text-body placeholder:text-muted data-invalid:border-bad data-disabled:opacity-60";

interface Shown {
  label: string;
  hint?: string;
  /** What is wrong with it, in a sentence. */
  error?: string;
}

type FieldProps = Omit<TextFieldProps, "children" | "className" | "isInvalid"> & Shown;

/** One line of text with its label, its hint, and what is wrong with it. */
export function TextField({
  ref,
  autoCapitalize,
  ...props
}: FieldProps & { ref?: Ref<HTMLInputElement>; autoCapitalize?: "none" }) {
  return (
    <Field {...props}>
      <Input ref={ref} autoCapitalize={autoCapitalize} className={`${BOX} h-11 sm:h-10`} />
    </Field>
  );
}

/** Several lines of text; as high as what is in it. */
export function TextArea({
  ref,
  rows = 4,
  ...props
}: FieldProps & { ref?: Ref<HTMLTextAreaElement>; rows?: number }) {
  return (
    <Field {...props}>
      <AriaTextArea ref={ref} rows={rows} className={`${BOX} field-sizing-content`} />
    </Field>
  );
}

/** A password, which can be looked at. */
export function PasswordField({ ref, ...props }: FieldProps & { ref?: Ref<HTMLInputElement> }) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field {...props} type={shown ? "text" : "password"}>
      <div className="relative">
        <Input ref={ref} className={`${BOX} h-11 pr-12 sm:h-10`} />
        <IconButton
          label={shown ? text.session.hidePassword : text.session.showPassword}
          className="absolute top-0 right-0"
          onPress={() => {
            setShown(!shown);
          }}
        >
          <Icon aria-hidden className="size-4.5" />
        </IconButton>
      </div>
    </Field>
  );
}

function Field({ label, hint, error, children, ...props }: FieldProps & { children: ReactNode }) {
  return (
    <AriaTextField
      {...props}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className="flex flex-col gap-1.5"
    >
      <Label className={LABEL}>{label}</Label>
      {children}
      {hint && !error && (
        <Text slot="description" className={HINT}>
          {hint}
        </Text>
      )}
      <FieldError className="text-small text-bad">{error}</FieldError>
    </AriaTextField>
  );
}
