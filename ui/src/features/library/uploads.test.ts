import { renderHook, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ApiProblem } from "@/client/problem";
import { sendFile } from "@/client/send-file";
import type { AssetRead } from "@/client/schema";
import { dismiss, sendAgain, startUploads, useUploads } from "@/features/library/uploads";

vi.mock("@/client/send-file");

const file = (name: string) => new File(["one"], name);
const names = (uploads: readonly { file: File; state: string }[]) =>
  uploads.map((each) => `${each.file.name} ${each.state}`);

test("files are sent two at a time, and leave the list as they arrive", async () => {
  const arrive: (() => void)[] = [];
  vi.mocked(sendFile).mockImplementation(
    (_, { name }) =>
      new Promise((resolve) => {
        arrive.push(() => {
          resolve({ name } as AssetRead);
        });
      }),
  );
  const { result } = renderHook(useUploads);
  const done: (string | undefined)[] = [];
  startUploads("slide", ["a", "b", "c"].map(file), (asset) => done.push(asset?.name));
  await waitFor(() => {
    expect(names(result.current)).toEqual(["a sending", "b sending", "c waiting"]);
  });
  arrive[1]?.();
  await waitFor(() => {
    expect(names(result.current)).toEqual(["a sending", "c sending"]);
  });
  arrive[0]?.();
  arrive[2]?.();
  await waitFor(() => {
    expect(result.current).toEqual([]);
  });
  expect(done).toEqual(["b", "a", "c"]);
});

test("one that was refused stays with the reason, is sent again, or is let go", async () => {
  const refusal = new ApiProblem(422, { detail: "The portrait shows no face." });
  vi.mocked(sendFile).mockRejectedValue(refusal);
  const { result } = renderHook(useUploads);
  const ended = vi.fn();
  startUploads("portrait", [file("sky")], ended);
  await waitFor(() => {
    expect(result.current[0]).toMatchObject({ state: "failed", error: refusal });
  });
  expect(ended).toHaveBeenCalledExactlyOnceWith(null);
  const [refused] = result.current;
  sendAgain(refused?.id ?? 0);
  await waitFor(() => {
    expect(sendFile).toHaveBeenCalledTimes(2);
    expect(names(result.current)).toEqual(["sky failed"]);
  });
  dismiss(refused?.id ?? 0);
  await waitFor(() => {
    expect(result.current).toEqual([]);
  });
});
