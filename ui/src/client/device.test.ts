import { expect, test } from "vitest";
import { device } from "@/client/device";

test("browsers are told by the names people know", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
  const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1";
  expect(device(chrome)).toBe("Chrome on Linux");
  expect(device(`${chrome} Edg/140.0`)).toBe("Edge on Linux");
  expect(device(iphone)).toBe("Safari on iOS");
  expect(device("python-httpx/0.28")).toBe("python-httpx");
  expect(device("")).toBe("an unknown device");
});
