import { Button as AriaButton } from "react-aria-components/Button";
import { Menu, MenuItem } from "@/components/menu";
import type { Playback } from "@/features/lesson/player/use-playback";
import { text } from "@/text";

const words = text.lessonPage.player;
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

/** How fast it plays. */
export function Speed({ playback }: { playback: Playback }) {
  return (
    <Menu
      label={words.speed}
      trigger={
        <AriaButton
          aria-label={`${words.speed}: ${words.times(playback.speed)}`}
          className="h-11 min-w-11 cursor-pointer rounded px-2 text-small font-semibold text-muted tabular-nums transition-colors data-hovered:bg-sunk data-hovered:text-ink sm:h-10"
        >
          {words.times(playback.speed)}
        </AriaButton>
      }
    >
      {SPEEDS.map((speed) => (
        <MenuItem
          key={speed}
          onAction={() => {
            playback.setSpeed(speed);
          }}
        >
          {words.times(speed)}
        </MenuItem>
      ))}
    </Menu>
  );
}
