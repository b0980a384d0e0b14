import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaProps } from "react-aria-components/Button";
import { Link as AriaLink, type LinkProps as AriaLinkProps } from "react-aria-components/Link";

const SHAPE =
  "inline-flex min-h-11 cursor-pointer items-center justify-center gap-2 rounded px-4 py-1.5 text-center font-semibold transition-colors select-none data-disabled:opacity-55 sm:min-h-10";
const LOOKS = {
  primary:
    "bg-accent text-accent-ink data-hovered:bg-accent-hover data-pressed:bg-accent-hover shadow-low",
  plain: "border border-control bg-raised text-ink data-hovered:bg-sunk data-pressed:bg-sunk",
  quiet: "text-accent data-hovered:bg-accent-soft data-pressed:bg-accent-soft",
  danger: "bg-bad text-accent-ink data-hovered:opacity-90",
} as const;

export type Look = keyof typeof LOOKS;

interface Styled {
  look?: Look;
  className?: string;
  children: ReactNode;
}

/** While `pending`, it says so in words and cannot be pressed again. */
export function Button({
  look = "plain",
  className = "",
  pending,
  children,
  ...props
}: Omit<AriaProps, "className" | "children" | "isPending"> &
  Styled & { pending?: string | false }) {
  return (
    <AriaButton
      {...props}
      isPending={Boolean(pending)}
      className={`${SHAPE} ${LOOKS[look]} ${className}`}
    >
      {pending ? (
        <>
          <LoaderCircle aria-hidden className="size-4 animate-spin" />
          {pending}
        </>
      ) : (
        children
      )}
    </AriaButton>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  look = "plain",
  className = "",
  ...props
}: Omit<AriaLinkProps, "className" | "children"> & Styled) {
  return <AriaLink {...props} className={`${SHAPE} ${LOOKS[look]} ${className}`} />;
}

/** A button that is an icon; `label` is its name, or another element says it. */
export function IconButton({
  label,
  className = "",
  ...props
}: Omit<AriaProps, "className" | "aria-label" | "aria-labelledby"> & {
  className?: string;
} & (
    | { label: string; "aria-labelledby"?: undefined }
    | { label?: undefined; "aria-labelledby": string }
  )) {
  return (
    <AriaButton
      {...props}
      aria-label={label}
      className={`inline-flex size-11 cursor-pointer items-center justify-center rounded text-muted transition-colors data-hovered:bg-sunk data-hovered:text-ink data-disabled:opacity-40 sm:size-10 ${className}`}
    />
  );
}
