import { text } from "@/text";

export function Logo() {
  return (
    <span className="flex items-center gap-2.5 font-serif text-title font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" aria-hidden className="size-7">
        <rect width="32" height="32" rx="7" className="fill-accent" />
        <path d="M8 9.5 23.5 7v9.5L8 19z" className="fill-accent-ink" />
        <path
          d="M15.75 18v7M11 25.5h9.5"
          strokeWidth="2.4"
          strokeLinecap="round"
          className="stroke-accent-ink"
        />
      </svg>
      {text.common.product}
    </span>
  );
}
