import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { faultOf } from "@/components/recorder-sound";
import { Recorder } from "@/components/recorder";
import { afterwards } from "@/components/use-recorder";
import { text } from "@/text";

function devices(getUserMedia: () => Promise<MediaStream>): void {
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: { getUserMedia } });
}

afterEach(() => {
  Reflect.deleteProperty(navigator, "mediaDevices");
});

test.each([
  ["NotAllowedError", "refused"],
  ["NotFoundError", "missing"],
  ["NotReadableError", "busy"],
] as const)("a %s of the browser is told as %s, with what to do", async (name, fault) => {
  devices(() => Promise.reject(new DOMException("no", name)));
  render(<Recorder name="voice" leastSeconds={10} mostSeconds={60} onUse={vi.fn()} />);
  fireEvent.click(screen.getByRole("button", { name: text.recorder.start }));
  expect(await screen.findByText(text.capture[fault].microphone)).toBeTruthy();
  expect(screen.getByRole("button", { name: text.recorder.start })).toBeTruthy();
});

test("a page that may not ask for a microphone says so", () => {
  expect(faultOf(new TypeError("no devices"))).toBe("impossible");
});

test("seconds count only while it is recorded", () => {
  const take = { stream: {} as MediaStream, stop: vi.fn(), drop: vi.fn() };
  const begun = afterwards({ is: "asking" }, { did: "start", take });
  expect(afterwards(begun, { did: "tick" })).toEqual({ is: "recording", take, seconds: 1 });
  expect(afterwards({ is: "idle" }, { did: "tick" })).toEqual({ is: "idle" });
});
