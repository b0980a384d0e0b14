import { useId, type ReactNode } from "react";

/** A part of the page beside a file. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <h2 id={id} className="border-b border-line pb-2 text-title">
        {title}
      </h2>
      {children}
    </section>
  );
}
