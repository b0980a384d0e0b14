import { LogOut, Monitor, Moon, Sun } from "lucide-react";
import { Header } from "react-aria-components/Header";
import { MenuSection, Separator } from "react-aria-components/Menu";
import { usePlaces } from "@/app/navigation";
import { useTheme, type Theme } from "@/app/theme";
import { MenuAt, MenuItem, type OpenedMenu } from "@/components/menu";
import { useSignOut } from "@/session/sign-out";
import { text } from "@/text";

const THEMES = { light: Sun, dark: Moon, system: Monitor } as const;

/** The way about on a phone. */
export function PlacesMenu(opened: OpenedMenu) {
  return (
    <MenuAt {...opened} label={text.shell.navigation}>
      {usePlaces().map(({ to, name, icon: Icon }) => (
        <MenuItem key={to} href={to} textValue={name}>
          <Icon aria-hidden className="size-4 text-muted" />
          {name}
        </MenuItem>
      ))}
    </MenuAt>
  );
}

export function AccountMenu({ name, ...opened }: OpenedMenu & { name: string }) {
  const [theme, choose] = useTheme();
  const signOut = useSignOut();
  return (
    <MenuAt {...opened} label={text.shell.account(name)}>
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
    </MenuAt>
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
