import { startTransition, useState, type ReactNode, type RefObject } from "react";
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuTrigger,
  type MenuItemProps,
} from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";

const PANEL = "min-w-60 rounded border border-line bg-raised p-1 shadow-high";

/** By what a menu was opened: the keyboard goes to one end of it. */
export type OpenedBy = "first" | "last" | "pointer";

export interface OpenedMenu {
  trigger: RefObject<HTMLButtonElement | null>;
  /** null: it is closed. */
  by: OpenedBy | null;
  close: () => void;
}

/** What opens at `trigger`, a button: MenuItems, and whatever stands between them. */
export function Menu({
  trigger,
  label,
  children,
}: {
  trigger: ReactNode;
  label: string;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <MenuTrigger
      isOpen={open}
      onOpenChange={(next) => {
        // the button answers the press first: what it opens takes longer to draw than a press may
        startTransition(() => {
          setOpen(next);
        });
      }}
    >
      {trigger}
      <Popover placement="bottom end" className={PANEL}>
        <AriaMenu aria-label={label} className="outline-none">
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

/** A menu whose button stands elsewhere, and is there before it. */
export function MenuAt({
  trigger,
  by,
  close,
  label,
  children,
}: OpenedMenu & { label: string; children: ReactNode }) {
  return (
    <Popover
      aria-label={label}
      triggerRef={trigger}
      isOpen={by !== null}
      onOpenChange={(open) => {
        if (!open) close();
      }}
      placement="bottom end"
      className={PANEL}
    >
      <AriaMenu
        aria-label={label}
        autoFocus={by === "pointer" ? true : (by ?? false)}
        onClose={close}
        className="outline-none"
      >
        {children}
      </AriaMenu>
    </Popover>
  );
}

export function MenuItem({ children, ...props }: Omit<MenuItemProps, "className">) {
  return (
    <AriaMenuItem
      {...props}
      className="group flex min-h-10 cursor-pointer items-center gap-3 rounded-small px-3 py-1.5 outline-none data-focused:bg-accent-soft data-focus-visible:outline-2 data-focus-visible:-outline-offset-2"
    >
      {children}
    </AriaMenuItem>
  );
}
