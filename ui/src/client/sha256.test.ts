import { afterEach, expect, test, vi } from "vitest";
import { sha256 } from "@/client/sha256";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** FIPS 180-4: "abc". */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

function onPlainHttp(): void {
  vi.stubGlobal("crypto", {});
}

test("a file is hashed by the browser", async () => {
  expect(await sha256(new Blob(["abc"]))).toBe(ABC);
});

test("and on plain http by ourselves, to the same", async () => {
  const long = new Blob(Array.from({ length: 33 }, () => new Uint8Array(100_000).fill(7)));
  const known = await sha256(long);
  onPlainHttp();
  expect(await sha256(new Blob(["abc"]))).toBe(ABC);
  expect(await sha256(long)).toBe(known);
});
