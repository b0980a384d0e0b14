import { api, call } from "@/client/api";
import { ApiProblem } from "@/client/problem";

export interface Deletion {
  id: string;
  /** Cancels the lessons that are being made with it. */
  force: boolean;
  /** Deletes the finished lessons that were made with it, too. */
  lessons: boolean;
}

/** Deletes a file with all that was derived from it; see `undoable`. */
export async function deleteAsset({ id, force, lessons }: Deletion): Promise<void> {
  const params = { path: { asset_id: id }, query: { force, lessons } };
  // kept alive: it may be the last thing that the page does
  await call(api.DELETE("/api/assets/{asset_id}", { params, keepalive: true })).catch(unlessGone);
}

/** Deletes what was made with a file, finished lessons too; the file itself stays. */
export async function deleteMade(id: string): Promise<void> {
  const params = { path: { asset_id: id } };
  await call(api.DELETE("/api/assets/{asset_id}/made", { params, keepalive: true })).catch(
    unlessGone,
  );
}

/** What is gone already is what was wanted. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ApiProblem && error.status === 404)) throw error;
}
