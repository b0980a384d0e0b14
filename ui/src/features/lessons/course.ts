import type { JobSummary, operations } from "@/client/schema";

export type PackageName = operations["downloadCourse"]["parameters"]["path"]["package"];

/** Those of the lessons that a course can be made of: finished, with a film and its poster. */
export function courseLessons(jobs: readonly JobSummary[]): JobSummary[] {
  return jobs.filter(
    ({ status, preview, poster }) => status === "succeeded" && preview === null && poster !== null,
  );
}

/** The list with one of it a place earlier or later; what stands at an end stays there. */
export function moved<Each>(list: readonly Each[], at: number, by: -1 | 1): Each[] {
  const each = list[at];
  if (each === undefined || list[at + by] === undefined) return [...list];
  return list.toSpliced(at, 1).toSpliced(at + by, 0, each);
}
