/** The addresses of the studio's pages. */
export const paths = {
  home: "/",
  signIn: "/sign-in",
  register: "/register",
  newLesson: "/lessons/new",
  lessons: "/lessons",
  lesson: (id: string) => `/lessons/${id}`,
  changeLesson: (id: string) => `/lessons/${id}/change`,
  settings: "/settings",
  settingsPassword: "/settings/password",
  settingsSessions: "/settings/sessions",
  settingsKeys: "/settings/keys",
} as const;

/** The address of `path` that, once one is signed in, leads to where one wanted to go. */
export function signInFor(path: string): string {
  return path === paths.home ? paths.signIn : `${paths.signIn}?to=${encodeURIComponent(path)}`;
}

/** Where `?to=` leads: only to pages of ours. */
export function destination(to: string | null): string {
  return to?.startsWith("/") && !/^\/[/\\]/.test(to) ? to : paths.home;
}
