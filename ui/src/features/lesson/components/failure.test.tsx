import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { newQueryClient } from "@/client/query-client";
import type { JobRead } from "@/client/schema";
import { Failure } from "@/features/lesson/components/failure";

afterEach(cleanup);

test.each([
  ["goes on as it is", { retryable: true, scene: 0 }, null],
  ["fails alike at a scene", { retryable: false, scene: 0 }, "/lessons/7/change"],
  ["fails alike as a whole", { retryable: false, scene: null }, "/lessons/new"],
])("a lesson that %s is offered its way on", (_, error, href) => {
  const scenes = [{ index: 0, narration: "Rain." }];
  const why = { code: "x", detail: "No.", advice: null, ...error };
  const job = { id: "7", steps: [], scenes, error: why } as unknown as JobRead;
  render(
    <QueryClientProvider client={newQueryClient()}>
      <Failure job={job} />
    </QueryClientProvider>,
  );
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  expect(screen.queryByRole("link")?.getAttribute("href") ?? null).toBe(href);
});
