import * as z from "zod/mini";
import { forgetKept, keepFor, keptBy } from "@/client/kept";
import type { JobRead } from "@/client/schema";
import { editedFrom, type Edited } from "@/features/lesson/change";

const edited = z.object({
  title: z.string(),
  scenes: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      narration: z.string(),
      slideId: z.nullable(z.string()),
      removed: z.boolean(),
    }),
  ),
}) satisfies z.ZodMiniType<Edited>;

/** Changes of this lesson that are not handed in yet. */
const what = (jobId: string) => `change ${jobId}`;

/** The changes begun before, else the lesson as it is. */
export function begunChanges(userId: string, job: JobRead): Edited {
  const kept = keptBy(userId, what(job.id));
  if (kept === null) return editedFrom(job);
  // an older studio may have kept them otherwise
  const read = edited.safeParse(JSON.parse(kept));
  return read.success ? read.data : editedFrom(job);
}

/** False where the browser has no room for them. */
export function keepChanges(userId: string, jobId: string, changes: Edited): boolean {
  return keepFor(userId, what(jobId), JSON.stringify(changes));
}

export function forgetChanges(userId: string, jobId: string): void {
  forgetKept(userId, what(jobId));
}
