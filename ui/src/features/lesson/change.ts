import type { JobRead, SceneRead, SceneSpec, SpecPatch } from "@/client/schema";

/** A scene as it is being changed. `removed` ones are still shown, to be put back. */
export interface EditedScene {
  key: string;
  title: string;
  narration: string;
  slideId: string | null;
  removed: boolean;
}

export interface Edited {
  title: string;
  scenes: EditedScene[];
}

export function editedFrom(job: JobRead): Edited {
  const scenes = job.scenes.map(({ index, title, narration, slide_id }) => ({
    key: String(index),
    title: title ?? "",
    narration,
    slideId: slide_id,
    removed: false,
  }));
  return { title: job.title, scenes };
}

/** The scene of the lesson that became this one; none for one that was added. */
export function sceneBefore(job: JobRead, { key }: EditedScene): SceneRead | undefined {
  return job.scenes.find(({ index }) => String(index) === key);
}

export function withScene(edited: Edited, key: string, change: Partial<EditedScene>): Edited {
  const scenes = edited.scenes.map((each) => (each.key === key ? { ...each, ...change } : each));
  return { ...edited, scenes };
}

export function withNewScene(edited: Edited): Edited {
  const key = `new ${edited.scenes.length}`;
  const scene = { key, title: "", narration: "", slideId: null, removed: false };
  return { ...edited, scenes: [...edited.scenes, scene] };
}

/** The scenes that are to be in the lesson, in order. */
export function kept({ scenes }: Edited): EditedScene[] {
  return scenes.filter(({ removed }) => !removed);
}

/** The numbers that the kept scenes are shown with: those that are left out keep theirs. */
export function shownNumbers({ scenes }: Edited): number[] {
  return scenes.flatMap(({ removed }, at) => (removed ? [] : [at + 1]));
}

/**
 * The change as a merge patch of the job's spec. What was written by an engine is then given: its
 * words are not written anew.
 */
export function patchOf(edited: Edited): SpecPatch {
  const scenes = kept(edited).map(({ title, narration, slideId }): SceneSpec => {
    const heading = title.trim();
    return {
      narration: narration.trim(),
      ...(heading && { title: heading }),
      ...(slideId && { slide_id: slideId }),
    };
  });
  return { title: edited.title.trim(), prompt: null, notes: null, scenes };
}

export type Fault = "noTitle" | "noScenes" | "empty";

/** What is missing; the key of a scene without words as well. */
export function faultsOf(edited: Edited): { fault: Fault; key?: string }[] {
  const scenes = kept(edited);
  return [
    ...(edited.title.trim() ? [] : [{ fault: "noTitle" as const }]),
    ...(scenes.length ? [] : [{ fault: "noScenes" as const }]),
    ...scenes
      .filter(({ narration }) => !narration.trim())
      .map(({ key }) => ({ fault: "empty" as const, key })),
  ];
}
