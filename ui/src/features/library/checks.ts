import type { AssetRead } from "@/client/schema";
import { found, type Sizes } from "@/features/library/found";
import { text } from "@/text";
import { day, duration, size } from "@/text/format";

const words = text.library.checks;
/** Below it, a face is blurred; see `FaceReport` in deployments/kdtalker/face.py. */
const LEAST_SHARPNESS = 30;

/** What is known of a file, name by name, in the order in which it matters. */
export function checksOf(asset: AssetRead): [string, string][] {
  const type = asset.content_type.split(";")[0] ?? "";
  return [
    ...foundIn(asset),
    [words.file, words.kept(words.types[type] ?? type, size(asset.bytes))],
    [words.added, day(asset.created_at)],
  ];
}

function foundIn({ kind, details }: AssetRead): [string, string][] {
  switch (kind) {
    case "portrait":
      return portrait(details);
    case "voice":
      return voice(details);
    case "slide":
      return slide(details);
    case "script":
      return script(details);
  }
}

function portrait(details: unknown): [string, string][] {
  const { data } = found.portrait.safeParse(details);
  if (!data) return [];
  const sharp = data.face.sharpness >= LEAST_SHARPNESS;
  return [
    [words.face, words.faceFound],
    [words.head, words.tilt(Math.abs(data.face.roll_degrees))],
    [words.sharpness, sharp ? words.sharp : words.blurred],
    [words.size, sizeOf(data)],
  ];
}

function voice(details: unknown): [string, string][] {
  const { data } = found.voice.safeParse(details);
  if (!data) return [];
  return [
    [words.speech, words.speechOf(duration(data.speech_seconds), duration(data.seconds))],
    [words.loudness, words.lufs(data.loudness_lufs)],
  ];
}

function slide(details: unknown): [string, string][] {
  const { data } = found.slide.safeParse(details);
  return data ? [[words.size, sizeOf(data)]] : [];
}

function script(details: unknown): [string, string][] {
  const { data } = found.script.safeParse(details);
  if (!data) return [];
  return [
    [words.scenes, data.scenes.toLocaleString("en")],
    [words.characters, data.characters.toLocaleString("en")],
    [words.length, words.spoken(duration(data.seconds))],
  ];
}

function sizeOf({ width, height, uploaded_width, uploaded_height }: Sizes): string {
  const shown = words.pixels(width, height);
  if (uploaded_width === undefined || uploaded_height === undefined) return shown;
  if (uploaded_width === width && uploaded_height === height) return shown;
  return words.scaled(shown, words.pixels(uploaded_width, uploaded_height));
}
