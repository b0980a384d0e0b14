/** The sample lesson, as samples/lesson.yaml at the root of the repository holds it. */
declare module "@samples/lesson.yaml" {
  import type { ConsentAsk, LessonSpec } from "@/client/schema";

  const sample: Omit<LessonSpec, "portrait_id"> & {
    portrait: string;
    consent: { portrait: ConsentAsk };
  };
  export default sample;
}
