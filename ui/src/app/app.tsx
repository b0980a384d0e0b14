import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { RouterProvider } from "react-router/dom";
import { newRouter } from "@/app/router";
import { newQueryClient } from "@/client/query-client";
import { toastProblem } from "@/components/toast-queue";
import { locale } from "@/text";

export function App() {
  const [queries] = useState(() => newQueryClient(toastProblem));
  const [router] = useState(newRouter);
  return (
    <I18nProvider locale={locale}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  );
}
