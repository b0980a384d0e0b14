import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { RouterProvider } from "react-aria-components";
import { Outlet, useHref, useNavigate, useRevalidator, type NavigateOptions } from "react-router";
import { session } from "@/client/api";
import { loading } from "@/client/outdated";
import { Boundary } from "@/components/boundary";
import { Notice } from "@/components/notice";
import { Toasts } from "@/components/toasts";
import { useSessionState } from "@/session/use-session";
import { text } from "@/text";

declare module "react-aria-components" {
  interface RouterConfig {
    routerOptions: NavigateOptions;
  }
}

const loadDialog = loading(() => import("@/session/expired-dialog"));
const ExpiredDialog = lazy(loadDialog);

/** Round every page: our links go through the router, and who is signed in decides what is shown. */
export function Root() {
  const navigate = useNavigate();
  const expired = useSessionState() === "expired";
  useGuards();
  useDialogAtHand();
  return (
    <RouterProvider navigate={(to, options) => void navigate(to, options)} useHref={useAddress}>
      <Outlet />
      <Boundary instead={<Unasked />}>
        <Suspense>{expired && <ExpiredDialog />}</Suspense>
      </Boundary>
      <Toasts />
    </RouterProvider>
  );
}

/** Where it cannot be asked here who one is: what is typed stays, to be copied. */
function Unasked() {
  return (
    <div className="fixed inset-x-4 bottom-4 z-50 mx-auto max-w-160 shadow-high">
      <Notice kind="bad">{text.session.expired.unasked}</Notice>
    </div>
  );
}

/** Addresses of other places, as those of files, are left as they are. */
function useAddress(to: string): string {
  const own = useHref(to);
  return URL.canParse(to) ? to : own;
}

/** Whoever signs in or out is led to where they may be. */
function useGuards(): void {
  const state = useSessionState();
  const { revalidate } = useRevalidator();
  const queries = useQueryClient();
  useEffect(() => {
    void revalidate().then(() => {
      // once nothing of theirs is shown any more
      if (session.state === "anonymous") queries.clear();
    });
  }, [state, revalidate, queries]);
}

/** Fetched while there is time: when it is needed, the studio may be hard to reach. */
function useDialogAtHand(): void {
  useEffect(() => {
    // without a network now: it is asked for again once it is needed
    const timer = setTimeout(() => void loadDialog().catch(() => undefined), 3_000);
    return () => {
      clearTimeout(timer);
    };
  }, []);
}
