/** The addresses of the studio's pages. */
export const paths = {
  home: "/",
  signIn: "/sign-in",
  register: "/register",
  newLesson: "/lessons/new",
  lessons: "/lessons",
  lesson: (id: string) => `/lessons/${id}`,
  changeLesson: (id: string) => `/lessons/${id}/change`,
  library: "/library",
  asset: (id: string) => `/library/${id}`,
  settings: "/settings",
  settingsPassword: "/settings/password",
  settingsSessions: "/settings/sessions",
  settingsKeys: "/settings/keys",
  settingsWebhooks: "/settings/webhooks",
  settingsWebhook: (id: string) => `/settings/webhooks/${id}`,
  settingsUsage: "/settings/usage",
  batches: "/batches",
  newBatch: "/batches/new",
  batch: (id: string) => `/batches/${id}`,
  admin: "/admin",
  adminUser: (id: string) => `/admin/users/${id}`,
  adminConsents: "/admin/consents",
  adminAudit: "/admin/audit",
  adminCapacity: "/admin/capacity",
} as const;

/** The address of `path` that, once one is signed in, leads to where one wanted to go. */
export function signInFor(path: string): string {
  return path === paths.home ? paths.signIn : `${paths.signIn}?to=${encodeURIComponent(path)}`;
}

/** Where `?to=` leads: only to pages of ours. */
export function destination(to: string | null): string {
  return to?.startsWith("/") && !/^\/[/\\]/.test(to) ? to : paths.home;
}
