import type { ReactNode } from "react";
import { useTabTitle } from "@/components/page";

export function Section({
  title,
  lead,
  action,
  children,
}: {
  title: string;
  lead: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  useTabTitle(title);
  return (
    <section className="flex flex-col gap-6">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <div className="flex-1 basis-72">
          <h2 className="text-title">{title}</h2>
          <p className="mt-1 text-muted">{lead}</p>
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
