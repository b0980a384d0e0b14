import { createBrowserRouter, type RouteObject } from "react-router";
import { RouteProblem } from "@/app/route-problem";
import { NotFound } from "@/app/not-found";
import { Root } from "@/app/root";
import { anonymousOnly, signedInOnly } from "@/app/guards";
import { loading } from "@/client/outdated";
import { Waiting } from "@/components/waiting";
import { paths } from "@/paths";
import { text } from "@/text";

/** Before anything is there: a moment, and where it takes longer, words. */
function Starting() {
  return <Waiting className="px-6 py-8">{text.session.starting}</Waiting>;
}

/** Every page. Each is loaded when it is first opened. */
export const routes: RouteObject[] = [
  {
    element: <Root />,
    errorElement: <RouteProblem />,
    HydrateFallback: Starting,
    children: [
      {
        loader: anonymousOnly,
        children: [
          { path: paths.signIn, lazy: loading(() => import("@/features/accounts/sign-in-page")) },
          {
            path: paths.register,
            lazy: loading(() => import("@/features/accounts/register-page")),
          },
        ],
      },
      {
        loader: signedInOnly,
        lazy: loading(() => import("@/app/shell")),
        children: [
          {
            errorElement: <RouteProblem />,
            children: [
              { path: paths.home, lazy: loading(() => import("@/features/dashboard/page")) },
              {
                path: paths.settings,
                lazy: loading(() => import("@/features/settings/layout")),
                children: [
                  { index: true, lazy: loading(() => import("@/features/settings/profile")) },
                  {
                    path: paths.settingsPassword,
                    lazy: loading(() => import("@/features/settings/password")),
                  },
                  {
                    path: paths.settingsSessions,
                    lazy: loading(() => import("@/features/settings/sessions")),
                  },
                  {
                    path: paths.settingsKeys,
                    lazy: loading(() => import("@/features/settings/keys")),
                  },
                  {
                    path: paths.settingsWebhooks,
                    lazy: loading(() => import("@/features/webhooks/page")),
                  },
                  {
                    path: paths.settingsWebhook(":id"),
                    lazy: loading(() => import("@/features/webhooks/deliveries-page")),
                  },
                  {
                    path: paths.settingsUsage,
                    lazy: loading(() => import("@/features/usage/page")),
                  },
                ],
              },
              { path: paths.newLesson, lazy: loading(() => import("@/features/new-lesson/page")) },
              { path: paths.lesson(":id"), lazy: loading(() => import("@/features/lesson/page")) },
              {
                path: paths.changeLesson(":id"),
                lazy: loading(() => import("@/features/lesson/change-page")),
              },
              { path: paths.lessons, lazy: loading(() => import("@/features/lessons/page")) },
              { path: paths.library, lazy: loading(() => import("@/features/library/page")) },
              {
                path: paths.asset(":id"),
                lazy: loading(() => import("@/features/library/asset-page")),
              },
              { path: paths.batches, lazy: loading(() => import("@/features/batches/list-page")) },
              { path: paths.newBatch, lazy: loading(() => import("@/features/batches/new-page")) },
              { path: paths.batch(":id"), lazy: loading(() => import("@/features/batches/page")) },
              {
                path: paths.admin,
                lazy: loading(() => import("@/features/admin/layout")),
                children: [
                  { index: true, lazy: loading(() => import("@/features/admin/users")) },
                  {
                    path: paths.adminUser(":id"),
                    lazy: loading(() => import("@/features/admin/user-page")),
                  },
                  {
                    path: paths.adminConsents,
                    lazy: loading(() => import("@/features/admin/consents")),
                  },
                  { path: paths.adminAudit, lazy: loading(() => import("@/features/admin/audit")) },
                  {
                    path: paths.adminCapacity,
                    lazy: loading(() => import("@/features/admin/capacity")),
                  },
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
