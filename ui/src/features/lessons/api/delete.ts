import { api, call } from "@/client/api";
import { ApiProblem } from "@/client/problem";

/** Deletes lessons with their files; one that is gone already is what was wanted. */
export async function deleteAll(ids: string[]): Promise<void> {
  await Promise.all(ids.map(remove));
}

async function remove(id: string): Promise<void> {
  const path = { job_id: id };
  // kept alive: it may be the last thing that the page does
  await call(api.DELETE("/api/jobs/{job_id}", { params: { path }, keepalive: true })).catch(
    (error: unknown) => {
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    },
  );
}
