import { createBrowserRouter, type RouteObject } from "react-router";
import { RouteProblem } from "@/app/route-problem";
import { NotFound } from "@/app/not-found";
import { Root } from "@/app/root";
import { anonymousOnly, signedInOnly } from "@/app/guards";
import { Waiting } from "@/components/waiting";
import { paths } from "@/paths";

/** Every page. Each is loaded when it is first opened. */
export const routes: RouteObject[] = [
  {
    element: <Root />,
    errorElement: <RouteProblem />,
    HydrateFallback: Waiting,
    children: [
      {
        loader: anonymousOnly,
        children: [
          { path: paths.signIn, lazy: () => import("@/features/accounts/sign-in-page") },
          { path: paths.register, lazy: () => import("@/features/accounts/register-page") },
        ],
      },
      {
        loader: signedInOnly,
        lazy: () => import("@/app/shell"),
        children: [
          {
            errorElement: <RouteProblem />,
            children: [
              { path: paths.home, lazy: () => import("@/features/dashboard/page") },
              {
                path: paths.settings,
                lazy: () => import("@/features/settings/layout"),
                children: [
                  { index: true, lazy: () => import("@/features/settings/profile") },
                  {
                    path: paths.settingsPassword,
                    lazy: () => import("@/features/settings/password"),
                  },
                  {
                    path: paths.settingsSessions,
                    lazy: () => import("@/features/settings/sessions"),
                  },
                  { path: paths.settingsKeys, lazy: () => import("@/features/settings/keys") },
                  { path: paths.settingsWebhooks, lazy: () => import("@/features/webhooks/page") },
                  {
                    path: paths.settingsWebhook(":id"),
                    lazy: () => import("@/features/webhooks/deliveries-page"),
                  },
                  { path: paths.settingsUsage, lazy: () => import("@/features/usage/page") },
                ],
              },
              { path: paths.newLesson, lazy: () => import("@/features/new-lesson/page") },
              { path: paths.lesson(":id"), lazy: () => import("@/features/lesson/page") },
              {
                path: paths.changeLesson(":id"),
                lazy: () => import("@/features/lesson/change-page"),
              },
              { path: paths.lessons, lazy: () => import("@/features/lessons/page") },
              { path: paths.library, lazy: () => import("@/features/library/page") },
              { path: paths.asset(":id"), lazy: () => import("@/features/library/asset-page") },
              { path: paths.batches, lazy: () => import("@/features/batches/list-page") },
              { path: paths.newBatch, lazy: () => import("@/features/batches/new-page") },
              { path: paths.batch(":id"), lazy: () => import("@/features/batches/page") },
              {
                path: paths.admin,
                lazy: () => import("@/features/admin/layout"),
                children: [
                  { index: true, lazy: () => import("@/features/admin/users") },
                  {
                    path: paths.adminUser(":id"),
                    lazy: () => import("@/features/admin/user-page"),
                  },
                  { path: paths.adminConsents, lazy: () => import("@/features/admin/consents") },
                  { path: paths.adminAudit, lazy: () => import("@/features/admin/audit") },
                  { path: paths.adminCapacity, lazy: () => import("@/features/admin/capacity") },
                ],
              },
              { path: "*", element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
];

export function newRouter() {
  return createBrowserRouter(routes);
}
