import { NavLink, Outlet } from "react-router";
import { Page } from "@/components/page";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.settings;
const SECTIONS = [
  [paths.settings, words.profile.title],
  [paths.settingsPassword, words.password.title],
  [paths.settingsSessions, words.sessions.title],
  [paths.settingsKeys, words.keys.title],
  [paths.settingsWebhooks, words.webhooks],
  [paths.settingsUsage, words.usage],
] as const;

export function Component() {
  return (
    <Page wide title={words.title}>
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-[12rem_minmax(0,1fr)] lg:gap-16">
        <nav aria-label={words.navigation}>
          <ul className="flex flex-wrap gap-1 lg:flex-col">
            {SECTIONS.map(([to, name]) => (
              <li key={to}>
                <NavLink
                  to={to}
                  end={to === paths.settings}
                  className="flex min-h-10 items-center rounded px-3 text-muted transition-colors hover:bg-sunk hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
                >
                  {name}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        {/* where there is room, what a part is for stands beside it */}
        <div data-beside className="group/parts max-w-2xl 2xl:max-w-none">
          <Outlet />
        </div>
      </div>
    </Page>
  );
}
