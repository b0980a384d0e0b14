import type { Keeper } from "@/features/new-lesson/keeper";

/** A ref: while it stands somewhere, Ctrl+Z (⌘Z) undoes what was done to the scenes. */
export function undoKeys(keeper: Keeper) {
  const press = (event: KeyboardEvent) => {
    const wanted = wantedBy(event);
    if (wanted === null || leftToField(event.target, keeper)) return;
    event.preventDefault();
    if (wanted === "undo") keeper.undo();
    else keeper.redo();
  };
  return () => {
    addEventListener("keydown", press);
    return () => {
      removeEventListener("keydown", press);
    };
  };
}

function wantedBy({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent) {
  if (altKey || !(ctrlKey || metaKey)) return null;
  const letter = key.toLowerCase();
  if (letter === "y") return "redo";
  if (letter !== "z") return null;
  return shiftKey ? "redo" : "undo";
}

/** Fields undo what was typed by themselves; and those outside of the scenes always do. */
function leftToField(target: EventTarget | null, keeper: Keeper): boolean {
  const field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  return field && (keeper.typed || target.closest("[role=group]") === null);
}
