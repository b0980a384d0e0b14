import { editedFrom, type Edited } from "@/features/lesson/change";
import type { JobRead } from "@/client/schema";

/** Changes are kept in this tab until they are handed in or discarded: reloading loses nothing. */
const place = (jobId: string) => `lectern-change ${jobId}`;

/** The changes begun before, else the lesson as it is. */
export function begunChanges(job: JobRead): Edited {
  const kept = sessionStorage.getItem(place(job.id));
  return kept === null ? editedFrom(job) : (JSON.parse(kept) as Edited);
}

export function keepChanges(jobId: string, edited: Edited): void {
  sessionStorage.setItem(place(jobId), JSON.stringify(edited));
}

export function forgetChanges(jobId: string): void {
  sessionStorage.removeItem(place(jobId));
}
