import { NavLink, Outlet, useLocation } from "react-router";
import { Notice } from "@/components/notice";
import { Page } from "@/components/page";
import { Waiting } from "@/components/waiting";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { admin as words } from "@/text/admin";

const SECTIONS = [
  [paths.admin, words.users.title],
  [paths.adminConsents, words.consents.title],
  [paths.adminAudit, words.audit.title],
  [paths.adminCapacity, words.capacity.title],
] as const;

/** Round the pages of administrators. Others are told that these are not for them. */
export function Component() {
  const me = useMe();
  const { pathname } = useLocation();
  return (
    <Page wide title={words.title}>
      {me === undefined && <Waiting />}
      {me && me.role !== "admin" && <Notice kind="warn">{words.notAllowed}</Notice>}
      {me?.role === "admin" && (
        <div className="grid grid-cols-1 gap-8 lg:grid-cols-[12rem_minmax(0,1fr)] lg:gap-16">
          <nav aria-label={words.navigation}>
            <ul className="flex flex-wrap gap-1 lg:flex-col">
              {SECTIONS.map(([to, name]) => (
                <li key={to}>
                  <NavLink
                    to={to}
                    end={to === paths.admin && !pathname.startsWith(paths.adminUser(""))}
                    className="flex min-h-10 items-center rounded px-3 text-muted transition-colors hover:bg-sunk hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
                  >
                    {name}
                  </NavLink>
                </li>
              ))}
            </ul>
          </nav>
          <Outlet />
        </div>
      )}
    </Page>
  );
}
