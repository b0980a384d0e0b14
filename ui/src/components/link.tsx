import { Link as AriaLink, type LinkProps } from "react-aria-components/Link";

/** A link in a text. Pages of ours are opened without loading anew. */
export function TextLink({
  className = "",
  ...props
}: Omit<LinkProps, "className"> & { className?: string }) {
  return (
    <AriaLink
      {...props}
      className={`cursor-pointer rounded-small text-accent underline decoration-1 underline-offset-3 transition-colors data-hovered:text-accent-hover data-hovered:decoration-2 ${className}`}
    />
  );
}
