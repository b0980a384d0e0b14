import { useEffect, type ReactNode } from "react";
import { text } from "@/text";

/** A page: its title, in the tab too, what can be done with it, and its content. */
export function Page({
  title,
  heading = <h1 className="text-heading">{title}</h1>,
  actions,
  wide = false,
  children,
}: {
  title: string;
  /** Where the title is more than a title, the `h1` and what belongs to it. */
  heading?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useTabTitle(title);
  return (
    <div className="mx-auto w-full max-w-440 px-4 py-8 sm:px-6 lg:py-12">
      <div className={wide ? "" : "max-w-300"}>
        <header className="mb-8 flex flex-wrap items-end justify-between gap-4">
          {heading}
          {actions}
        </header>
        {children}
      </div>
    </div>
  );
}

export function useTabTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${text.common.product}`;
  }, [title]);
}
