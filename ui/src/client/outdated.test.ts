import { beforeEach, describe, expect, it } from "vitest";
import { loading, mayReload, Outdated } from "@/client/outdated";
import { Unreachable } from "@/client/problem";
import { answering, json } from "@/testing/answers";

beforeEach(() => {
  sessionStorage.clear();
});

describe("code that cannot be fetched", () => {
  it("is an error of its own, and what can be fetched is given on", async () => {
    const gone = loading(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(gone()).rejects.toBeInstanceOf(Outdated);
    await expect(loading(() => Promise.resolve(7))()).resolves.toBe(7);
  });

  it("is a reason to load the page anew, once in a while", async () => {
    const { fetcher } = answering(...Array.from({ length: 3 }, () => () => json({})));
    expect(await mayReload(fetcher, 1_000_000)).toBe(true);
    expect(await mayReload(fetcher, 1_030_000)).toBe(false);
    expect(await mayReload(fetcher, 1_061_000)).toBe(true);
  });

  it("is none where the studio cannot be reached or is not ready", async () => {
    const down = () => Promise.reject(new TypeError("Failed to fetch"));
    const { fetcher } = answering(
      down,
      () => json({}, 503),
      () => json({}),
    );
    await expect(mayReload(fetcher, 1_000_000)).rejects.toBeInstanceOf(Unreachable);
    await expect(mayReload(fetcher, 1_000_000)).rejects.toBeInstanceOf(Unreachable);
    expect(await mayReload(fetcher, 1_000_000)).toBe(true);
  });
});
