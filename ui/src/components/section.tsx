import type { ReactNode } from "react";
import { useTabTitle } from "@/components/page";

export function Section({
  title,
  lead,
  action,
  children,
}: {
  title: string;
  lead?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  useTabTitle(title);
  return (
    <section className="flex flex-col gap-6 2xl:group-data-beside/parts:grid 2xl:group-data-beside/parts:grid-cols-[20rem_minmax(0,1fr)] 2xl:group-data-beside/parts:items-start 2xl:group-data-beside/parts:gap-x-16">
      <header className="flex flex-wrap items-start justify-between gap-4 2xl:group-data-beside/parts:sticky 2xl:group-data-beside/parts:top-24 2xl:group-data-beside/parts:flex-col">
        <div className="flex-1 basis-72 2xl:group-data-beside/parts:flex-none">
          <h2 className="text-title">{title}</h2>
          {lead && <p className="mt-1 wrap-anywhere text-muted">{lead}</p>}
        </div>
        {action}
      </header>
      <div className="flex min-w-0 flex-col gap-6">{children}</div>
    </section>
  );
}
