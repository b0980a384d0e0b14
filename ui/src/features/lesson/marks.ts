import type { JobRead } from "@/client/schema";

export type Mark = "label" | "unlabelled" | "credentials" | "watermark";

const PACKAGES = ["scorm12.zip", "scorm2004.zip", "cmi5.zip"];

/** By what the files of a lesson say that it is AI-generated; empty where they hold only text. */
export function marksOf({ exports, spec }: Pick<JobRead, "exports" | "spec">): Mark[] {
  // packages hold the video as it is
  const filmed = ["lesson.mp4", ...PACKAGES].some((name) => exports.includes(name));
  if (filmed)
    return [spec.video?.label === false ? "unlabelled" : "label", "watermark", "credentials"];
  return exports.includes("speech.webm") ? ["watermark"] : [];
}
