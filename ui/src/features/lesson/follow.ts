import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { afterEvent, ENDS, readEvent, sceneFound } from "@/client/job-events";
import { keys } from "@/client/keys";
import type { EventRead, JobRead } from "@/client/schema";
import { useEvents } from "@/client/use-events";
import { jobQuery } from "@/features/lesson/api/job";
import { isOver } from "@/features/lesson/making";

/** Which scenes were made for this job (true), and which were found done (false), by index. */
export type Found = ReadonlyMap<number, boolean>;

/**
 * Follows what happens to a job, and keeps what is known of it up to date.
 *
 * Of one that was made again, the whole history is read: it alone tells which scenes are as before.
 */
export function useFollowing(job: JobRead | undefined) {
  const hear = useHearing();
  const [found, setFound] = useState<Found>(new Map());
  const whole = job?.remade_from != null;
  const follows = job && (whole || !isOver(job));
  const line = useEvents(
    // a new making opens the line anew; what stands after # is not sent
    follows ? `/api/jobs/${job.id}/events#${job.making}` : null,
    (message) => {
      const event = readEvent(message.data);
      setFound((known) => afterFinding(known, event));
      if (job) hear(event, job);
    },
    job && !whole ? String(job.last_event) : undefined,
  );
  return { line: follows && !isOver(job) ? line : null, found };
}

export function afterFinding(known: Found, event: EventRead): Found {
  const scene = sceneFound(event);
  if (scene === null) return known;
  const made = scene.made || (known.get(scene.index) ?? false);
  return new Map(known).set(scene.index, made);
}

function useHearing() {
  const queries = useQueryClient();
  return (event: EventRead, { id, last_event }: JobRead) => {
    queries.setQueryData(jobQuery(id).queryKey, (known) => known && afterEvent(known, event));
    if (event.number <= last_event) return;
    if (ENDS.has(event.kind)) void queries.invalidateQueries({ queryKey: keys.jobs() });
    // who makes a step decides what of the spec is taken account of
    else if (event.kind === "step.started")
      void queries.invalidateQueries({ queryKey: keys.job(id), exact: true });
  };
}
