import type { KeyboardEvent } from "react";
import type { Playback } from "@/features/lesson/player/use-playback";

const JUMP_SECONDS = 5;

type Steered = Pick<Playback, "seconds" | "muted" | "toggle" | "seek" | "mute">;

/** The keys that players have. The space bar presses the button that it is on, if it is on one. */
export function shortcut(event: KeyboardEvent, player: Steered): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = actionOf(event.key, event.target instanceof HTMLButtonElement, player);
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function actionOf(key: string, onButton: boolean, player: Steered): (() => void) | null {
  switch (key) {
    case "k":
      return player.toggle;
    case " ":
      return onButton ? null : player.toggle;
    case "m":
      return () => {
        player.mute(!player.muted);
      };
    case "ArrowLeft":
      return () => {
        player.seek(player.seconds - JUMP_SECONDS);
      };
    case "ArrowRight":
      return () => {
        player.seek(player.seconds + JUMP_SECONDS);
      };
    default:
      return null;
  }
}
