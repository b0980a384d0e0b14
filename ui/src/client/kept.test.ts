import { afterEach, describe, expect, test, vi } from "vitest";
import { forgetKept, keepFor, keptBy } from "@/client/kept";
import { Session } from "@/client/session";

afterEach(() => {
  localStorage.clear();
});

describe("What is begun in this browser", () => {
  test("is there for whoever began it, and for nobody else", () => {
    expect(keepFor("ada", "batch", "Unit 7")).toBe(true);
    expect(keptBy("ada", "batch")).toBe("Unit 7");
    expect(keptBy("bob", "batch")).toBeNull();
    forgetKept("ada", "batch");
    expect(keptBy("ada", "batch")).toBeNull();
  });

  test("goes when somebody signs out, and other things stay", () => {
    keepFor("ada", "batch", "Unit 7");
    keepFor("bob", "batch", "Unit 8");
    localStorage.setItem("lectern-theme", "dark");
    new Session().close();
    expect(keptBy("ada", "batch")).toBeNull();
    expect(keptBy("bob", "batch")).toBeNull();
    expect(localStorage.getItem("lectern-theme")).toBe("dark");
  });

  test("is not half kept where there is no room: what was kept before goes", () => {
    keepFor("ada", "batch", "Unit 7");
    const full = new DOMException("no room", "QuotaExceededError");
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw full;
    });
    expect(keepFor("ada", "batch", "Unit 7 and more")).toBe(false);
    expect(keptBy("ada", "batch")).toBeNull();
  });
});
