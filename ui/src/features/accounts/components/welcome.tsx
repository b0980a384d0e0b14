import presenter from "@samples/portrait.svg";
import type { ReactNode } from "react";
import { Logo } from "@/components/logo";
import { useTabTitle } from "@/components/page";
import { text } from "@/text";

/** Who is not signed in sees a form, and on a wide screen what it is for. */
export function Welcome({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ReactNode;
}) {
  useTabTitle(title);
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(28rem,5fr)_7fr]">
      <main className="flex flex-col px-5 py-6 sm:px-10">
        <Logo />
        <div className="mx-auto my-auto flex w-full max-w-sm flex-col gap-6 py-10">
          <header>
            <h1 className="text-heading">{title}</h1>
            <p className="mt-1 text-muted">{lead}</p>
          </header>
          {children}
        </div>
      </main>
      <aside className="sticky top-0 hidden h-dvh overflow-hidden bg-accent-soft lg:block">
        <div className="absolute inset-x-0 top-0 p-12 xl:p-16">
          <p className="font-serif text-display font-semibold">{text.session.poster.heading}</p>
          <p className="mt-3 max-w-md text-lead">{text.session.poster.text}</p>
        </div>
        <img
          src={presenter}
          alt={text.session.poster.imageAlt}
          loading="lazy"
          className="absolute right-0 bottom-0 left-0 mx-auto h-[62%]"
        />
      </aside>
    </div>
  );
}
