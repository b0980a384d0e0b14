import { LogOut, Menu as MenuIcon, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Header } from "react-aria-components/Header";
import { MenuSection, Separator } from "react-aria-components/Menu";
import { NavLink, Outlet, ScrollRestoration } from "react-router";
import { places, type Place } from "@/app/navigation";
import { OfflineBar } from "@/app/offline-bar";
import { useTheme, type Theme } from "@/app/theme";
import { IconButton } from "@/components/button";
import { Logo } from "@/components/logo";
import { Menu, MenuItem } from "@/components/menu";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { useSignOut } from "@/session/sign-out";
import { text } from "@/text";

const MAIN = "main";
const THEMES = { light: Sun, dark: Moon, system: Monitor } as const;

/** Round every page of somebody who is signed in. */
export function Component() {
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
            <AccountMenu />
            <SmallMenu />
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
    <nav aria-label={text.shell.navigation} className="hidden md:block">
      <ul className="flex gap-1">
        {places.map((place) => (
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
      <Icon aria-hidden className="size-4" />
      {name}
    </NavLink>
  );
}

/** The way about on a phone. */
function SmallMenu() {
  return (
    <div className="md:hidden">
      <Menu
        label={text.shell.navigation}
        trigger={
          <IconButton label={text.shell.menu}>
            <MenuIcon aria-hidden className="size-5" />
          </IconButton>
        }
      >
        {places.map(({ to, name, icon: Icon }) => (
          <MenuItem key={to} href={to} textValue={name}>
            <Icon aria-hidden className="size-4 text-muted" />
            {name}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}

function AccountMenu() {
  const me = useMe();
  const [theme, choose] = useTheme();
  const signOut = useSignOut();
  const name = me?.username ?? "";
  return (
    <Menu
      label={text.shell.account(name)}
      trigger={
        <AriaButton
          aria-label={text.shell.account(name)}
          className="flex h-11 max-w-52 cursor-pointer items-center gap-2 rounded px-3 transition-colors data-hovered:bg-sunk sm:h-10"
        >
          <UserRound aria-hidden className="size-4.5 shrink-0 text-muted" />
          <span className="hidden truncate sm:inline">{name}</span>
        </AriaButton>
      }
    >
      <MenuSection
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[theme]}
        onSelectionChange={(keys) => {
          if (keys !== "all") choose(keys.values().next().value as Theme);
        }}
      >
        <Header className="px-3 pt-2 pb-1 text-small text-muted">{text.shell.theme.label}</Header>
        {(Object.keys(THEMES) as Theme[]).map((each) => (
          <ThemeItem key={each} theme={each} />
        ))}
      </MenuSection>
      <Separator className="my-1 border-t border-line" />
      <MenuItem
        onAction={() => {
          signOut.mutate();
        }}
        textValue={text.shell.signOut}
      >
        <LogOut aria-hidden className="size-4 text-muted" />
        {text.shell.signOut}
      </MenuItem>
    </Menu>
  );
}

function ThemeItem({ theme }: { theme: Theme }) {
  const Icon = THEMES[theme];
  return (
    <MenuItem id={theme} textValue={text.shell.theme[theme]}>
      <Icon aria-hidden className="size-4 text-muted group-data-selected:text-accent" />
      <span className="group-data-selected:font-semibold">{text.shell.theme[theme]}</span>
    </MenuItem>
  );
}
