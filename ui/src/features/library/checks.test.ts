import { expect, test } from "vitest";
import type { AssetRead } from "@/client/schema";
import { checksOf } from "@/features/library/checks";

const asset = (kind: AssetRead["kind"], details: AssetRead["details"]): AssetRead => ({
  id: "1",
  kind,
  status: "ready",
  name: "Ada",
  content_type: "text/markdown; charset=utf-8",
  bytes: 1400,
  sha256: "",
  metadata: {},
  details,
  thumbnail_url: null,
  consent_state: null,
  consent: null,
  error_code: null,
  error_detail: null,
  created_at: "2026-11-22T12:00:00Z",
  expires_at: null,
});

test("a blurred face is told, and a picture that was scaled down", () => {
  const face = { box: [0, 0, 9, 9], roll_degrees: -6.6, sharpness: 12 };
  const sizes = { width: 30, height: 40, uploaded_width: 60, uploaded_height: 80 };
  const said = Object.fromEntries(checksOf(asset("portrait", { ...sizes, face })));
  expect(said).toMatchObject({
    Head: "Tilted by 7 degrees",
    Sharpness: "The face is blurred; a sharper picture makes a better lesson",
    Size: "30 × 40 pixels, scaled down from 60 × 80 pixels",
    File: "Text, 1.4 kB",
  });
});

test("what a check has not found is not made up", () => {
  const names = checksOf(asset("voice", { seconds: 12 })).map(([name]) => name);
  expect(names).toEqual(["File", "Added"]);
});
