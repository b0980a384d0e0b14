import { afterEach, expect, test, vi } from "vitest";
import { postForm, sendFile } from "@/client/send-file";
import { answering, json } from "@/testing/answers";

const OFFER = {
  asset: { id: "a1" },
  upload: {
    address: "http://storage.test/here?signed",
    headers: { "Content-Type": "image/jpeg", "Content-Length": "30000000" },
  },
};

/** A storage that takes everything. */
class Taking {
  static readonly told: [string, string][] = [];
  upload = {};
  status = 200;
  responseText = "";
  onload: (() => void) | null = null;
  open(method: string, url: string) {
    Taking.told.push([method, url]);
  }
  setRequestHeader(name: string, value: string) {
    Taking.told.push([name, value]);
  }
  getResponseHeader() {
    return null;
  }
  send() {
    this.onload?.();
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a large file that its check refuses leaves nothing behind, and says why", async () => {
  const failed = { id: "a1", status: "failed", error_code: "no_face", error_detail: "No face." };
  const { asked, fetcher } = answering(
    () => json(OFFER, 201),
    () => json(failed),
    () => json({ id: "a1" }),
  );
  vi.stubGlobal("fetch", fetcher);
  vi.stubGlobal("XMLHttpRequest", Taking);
  const file = new File(["a picture"], "sky.jpg", { type: "image/jpeg" });
  Object.defineProperty(file, "size", { value: 30_000_000 });
  const sent = sendFile("portrait", file, () => undefined);
  await expect(sent).rejects.toMatchObject({ code: "no_face", message: "No face." });
  expect(asked.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
    "POST /api/assets/uploads",
    "POST /api/assets/a1/confirm",
    "DELETE /api/assets/a1",
  ]);
  expect(await asked[0]?.json()).toMatchObject({ filename: "sky.jpg", size: 30_000_000 });
  // the length is the browser's to tell
  expect(Taking.told).toEqual([
    ["PUT", "http://storage.test/here?signed"],
    ["content-type", "image/jpeg"],
  ]);
});

test("a form tells how much of it is on its way", async () => {
  class Answering extends Taking {
    override upload: { onprogress?: (sent: { loaded: number; total: number }) => void } = {};
    override responseText = '{"scenes": []}';
    override send() {
      this.upload.onprogress?.({ loaded: 1, total: 4 });
      this.upload.onprogress?.({ loaded: 4, total: 4 });
      super.send();
    }
  }
  vi.stubGlobal("XMLHttpRequest", Answering);
  const shares: number[] = [];
  const response = await postForm("/api/scripts/slides", new FormData(), (share) => {
    shares.push(share);
  });
  expect(await response.json()).toEqual({ scenes: [] });
  expect(shares).toEqual([0.25, 1]);
  expect(Taking.told).toContainEqual(["POST", `${location.origin}/api/scripts/slides`]);
});
