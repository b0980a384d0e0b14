import { Menu as MenuIcon, UserRound } from "lucide-react";
import { Button as AriaButton } from "react-aria-components/Button";
import { IconButton } from "@/components/button";
import { text } from "@/text";

export function MenuButton() {
  return (
    <IconButton label={text.shell.menu}>
      <MenuIcon aria-hidden className="size-5" />
    </IconButton>
  );
}

export function AccountButton({ name }: { name: string }) {
  return (
    <AriaButton
      aria-label={text.shell.account(name)}
      className="flex h-11 max-w-52 cursor-pointer items-center gap-2 rounded px-3 transition-colors data-hovered:bg-sunk sm:h-10"
    >
      <UserRound aria-hidden className="size-4.5 shrink-0 text-muted" />
      <span className="hidden truncate sm:inline">{name}</span>
    </AriaButton>
  );
}
