import type { ReactNode } from "react";

/** A part of the way from a table to a batch. */
export function Step({
  id,
  title,
  lead,
  children,
}: {
  id: string;
  title: string;
  lead: string;
  children: ReactNode;
}) {
  return (
    <section id={id} tabIndex={-1} className="flex scroll-mt-24 flex-col gap-5 outline-none">
      <header>
        <h2 className="text-title">{title}</h2>
        <p className="mt-1 max-w-prose text-muted">{lead}</p>
      </header>
      {children}
    </section>
  );
}
