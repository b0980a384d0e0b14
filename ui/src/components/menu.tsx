import { startTransition, useState, type ReactNode } from "react";
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuTrigger,
  type MenuItemProps,
} from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";

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
      <Popover
        placement="bottom end"
        className="min-w-60 rounded border border-line bg-raised p-1 shadow-high"
      >
        <AriaMenu aria-label={label} className="outline-none">
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
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
