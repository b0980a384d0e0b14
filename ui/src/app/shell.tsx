import { Header } from "react-aria-components/Header";
import { NavLink, Outlet, ScrollRestoration } from "react-router";
import { Corner } from "@/app/corner";
import { usePlaces, type Place } from "@/app/navigation";
import { OfflineBar } from "@/app/offline-bar";
import { Logo } from "@/components/logo";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { text } from "@/text";

const MAIN = "main";

/** Round every page of somebody who is signed in. */
export function Component() {
  const name = useMe()?.username ?? "";
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href={`#${MAIN}`}
        className="sr-only z-50 rounded bg-accent px-4 py-2 font-semibold text-accent-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {text.shell.skip}
      </a>
      <Header className="sticky top-0 z-30 border-b border-line bg-paper">
        <div className="mx-auto flex h-16 w-full max-w-440 items-center gap-6 px-4 sm:px-6">
          <NavLink to={paths.home} className="rounded-small" aria-label={text.common.product}>
            <Logo />
          </NavLink>
          <Navigation />
          <div className="ml-auto flex items-center gap-1">
            <Corner name={name} />
          </div>
        </div>
      </Header>
      <OfflineBar />
      <main id={MAIN} tabIndex={-1} className="flex-1 outline-none">
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
  );
}

function Navigation() {
  return (
    <nav aria-label={text.shell.navigation} className="hidden lg:block">
      <ul className="flex gap-1">
        {usePlaces().map((place) => (
          <li key={place.to}>
            <PlaceLink {...place} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function PlaceLink({ to, name, icon: Icon, end }: Place) {
  return (
    <NavLink
      to={to}
      end={end}
      className="flex h-10 items-center gap-2 rounded px-3 text-muted transition-colors hover:bg-sunk hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
    >
      <Icon aria-hidden className="hidden size-4 xl:block" />
      {name}
    </NavLink>
  );
}
