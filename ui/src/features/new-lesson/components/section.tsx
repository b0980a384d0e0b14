import type { ReactNode } from "react";

/** A step: what it asks, and room for the answer. */
export function StepSection({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: string;
  children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-6">
      <header>
        <h2 className="text-title">{title}</h2>
        {lead && <p className="mt-2 max-w-prose text-muted">{lead}</p>}
      </header>
      {children}
    </section>
  );
}
