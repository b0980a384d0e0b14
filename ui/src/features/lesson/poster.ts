import { Unreachable } from "@/client/problem";

/** Whether pictures can be copied here: not on plain http, nor in every browser. */
export function canCopyPictures(): boolean {
  return window.isSecureContext && "ClipboardItem" in window;
}

/** Puts a picture on the clipboard. Throws Unreachable. */
export async function copyPicture(address: string): Promise<void> {
  // the promise is handed over: some browsers allow it only while the button is being pressed
  await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(address) })]);
}

/** Clipboards take no other kind of picture. */
async function asPng(address: string): Promise<Blob> {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) throw new Unreachable();
  const picture = await createImageBitmap(await answer.blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
