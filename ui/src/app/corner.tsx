import { Menu as MenuIcon, UserRound } from "lucide-react";
import {
  lazy,
  startTransition,
  Suspense,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { loading } from "@/client/outdated";
import { Boundary } from "@/components/boundary";
import { Button, IconButton } from "@/components/button";
import type { OpenedBy, OpenedMenu } from "@/components/menu";
import { text } from "@/text";

const menus = loading(() => import("@/app/menus"));
const AccountMenu = lazy(async () => ({ default: (await menus()).AccountMenu }));
const PlacesMenu = lazy(async () => ({ default: (await menus()).PlacesMenu }));

/**
 * The buttons of the menus are there at once, what they open a moment later: its parts are large,
 * and the page does not wait for them. A button stays the same one, so no press is lost to that.
 */
export function Corner({ name }: { name: string }) {
  return (
    <Boundary instead={<Reload />}>
      <Opener
        button={(props) => <AccountButton {...props} name={name} />}
        menu={(opened) => <AccountMenu {...opened} name={name} />}
      />
      <div className="lg:hidden">
        <Opener
          button={(props) => <MenuButton {...props} />}
          menu={(opened) => <PlacesMenu {...opened} />}
        />
      </div>
    </Boundary>
  );
}

const END: Partial<Record<string, OpenedBy>> = { ArrowDown: "first", ArrowUp: "last" };

interface Opening {
  ref: Ref<HTMLButtonElement>;
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  onPress: (event: { pointerType: string }) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function Opener({
  button,
  menu,
}: {
  button: (props: Opening) => ReactNode;
  menu: (opened: OpenedMenu) => ReactNode;
}) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [by, setBy] = useState<OpenedBy | null>(null);
  // the button answers the press first: what it opens takes longer to draw than a press may
  const open = (next: OpenedBy | null) => {
    startTransition(() => {
      setBy(next);
    });
  };
  return (
    <div className="relative">
      {button({
        ref: trigger,
        "aria-haspopup": "menu",
        "aria-expanded": by !== null,
        onPress: ({ pointerType }) => {
          open(pointerType === "keyboard" || pointerType === "virtual" ? "first" : "pointer");
        },
        onKeyDown: (event) => {
          const end = END[event.key];
          if (end === undefined) return;
          event.preventDefault();
          open(end);
        },
      })}
      <Suspense fallback={by !== null && <Coming />}>
        {menu({
          trigger,
          by,
          close: () => {
            open(null);
          },
        })}
      </Suspense>
    </div>
  );
}

/** Where a menu was asked for before its code was here. */
function Coming() {
  return (
    <p
      role="status"
      className="absolute top-full right-0 w-max rounded border border-line bg-raised px-3 py-2 shadow-high"
    >
      {text.common.loading}
    </p>
  );
}

function MenuButton(props: Opening) {
  return (
    <IconButton {...props} label={text.shell.menu}>
      <MenuIcon aria-hidden className="size-5" />
    </IconButton>
  );
}

function AccountButton({ name, ...props }: Opening & { name: string }) {
  return (
    <AriaButton
      {...props}
      aria-label={text.shell.account(name)}
      className="flex h-11 max-w-52 cursor-pointer items-center gap-2 rounded px-3 transition-colors data-hovered:bg-sunk sm:h-10"
    >
      <UserRound aria-hidden className="size-4.5 shrink-0 text-muted" />
      <span className="hidden truncate sm:inline">{name}</span>
    </AriaButton>
  );
}

/** Where the menus could not be fetched: what is being typed in the page is not touched. */
function Reload() {
  return (
    <Button
      look="quiet"
      aria-description={text.errors.updatedPart}
      onPress={() => {
        location.reload();
      }}
    >
      {text.errors.reload}
    </Button>
  );
}
