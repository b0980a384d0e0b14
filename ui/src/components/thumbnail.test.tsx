import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Thumbnail } from "@/components/thumbnail";
import { answering, json } from "@/testing/answers";

const SMALL = "http://storage.test/small";
const WHOLE = { address: "http://storage.test/whole", expires_at: "2026-01-01T00:00:00Z" };

function show(thumbnail_url: string | null, status: "ready" | "failed" = "ready") {
  const { asked, fetcher } = answering(() => json(WHOLE));
  vi.stubGlobal("fetch", fetcher);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Thumbnail
        asset={{ id: "a1", status, thumbnail_url }}
        className=""
        alt="Ada"
        instead="No picture"
      />
    </QueryClientProvider>,
  );
  return asked;
}

const source = () => screen.getByRole("img", { name: "Ada" }).getAttribute("src");

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the small picture is shown, and nothing else is asked for", () => {
  const asked = show(SMALL);
  expect(source()).toBe(SMALL);
  expect(asked).toEqual([]);
});

test("a small picture whose address works no more gives way to the file", async () => {
  show(SMALL);
  fireEvent.error(screen.getByRole("img"));
  await waitFor(() => {
    expect(source()).toBe(WHOLE.address);
  });
});

test("a picture from before there were small ones is shown itself", async () => {
  show(null);
  expect((await screen.findByRole("img")).getAttribute("src")).toBe(WHOLE.address);
});

test("what was refused has no picture", () => {
  const asked = show(null, "failed");
  expect(screen.getByText("No picture")).toBeTruthy();
  expect(asked).toEqual([]);
});
