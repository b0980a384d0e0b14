import { api, call } from "@/client/api";

/** Deletes a lesson with its files; see `undoable`. */
export async function deleteLesson(jobId: string): Promise<void> {
  await call(
    api.DELETE("/api/jobs/{job_id}", { params: { path: { job_id: jobId } }, keepalive: true }),
  );
}
