import { useMutation } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { saveFile } from "@/client/save-file";
import type { PackageName } from "@/features/lessons/course";
import { fileNamed } from "@/features/lessons/file-name";

interface Course {
  title: string;
  /** Ids, in order. */
  lessons: string[];
  format: PackageName;
  /** Once it is aborted, nothing is saved any more. */
  signal: AbortSignal;
}

/** Saves several lessons as one package for a learning platform. */
export function useSaveCourse() {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: async ({ title, lessons, format, signal }: Course) => {
      const params = { path: { package: format }, query: { title, lesson: lessons } };
      const zip = await call(
        api.GET("/api/courses/{package}", { params, parseAs: "blob", signal }),
      );
      saveFile(zip, fileNamed(title, format));
    },
  });
}
