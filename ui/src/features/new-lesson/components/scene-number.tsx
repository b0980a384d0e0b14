import { createContext, use } from "react";

/** Which scene it is, from 1. Only what says it is drawn anew when another scene is put before. */
export const SceneNumber = createContext(0);

/** Names what `id` is given to, by the scene's number; it is not seen. */
export function NumberedName({ id, say }: { id: string; say: (number: number) => string }) {
  return (
    <span hidden id={id}>
      {say(use(SceneNumber))}
    </span>
  );
}
