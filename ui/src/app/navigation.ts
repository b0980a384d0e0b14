import {
  Clapperboard,
  House,
  LibraryBig,
  Plus,
  Settings,
  Table2,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { text } from "@/text";

export interface Place {
  to: string;
  name: string;
  icon: LucideIcon;
  /** Only this address, and none below it. */
  end?: boolean;
}

const PLACES: Place[] = [
  { to: paths.home, name: text.shell.home, icon: House, end: true },
  { to: paths.newLesson, name: text.shell.newLesson, icon: Plus },
  { to: paths.lessons, name: text.shell.lessons, icon: Clapperboard, end: true },
  { to: paths.batches, name: text.shell.batches, icon: Table2 },
  { to: paths.library, name: text.shell.library, icon: LibraryBig },
  { to: paths.settings, name: text.shell.settings, icon: Settings },
];
const STUDIO: Place = { to: paths.admin, name: text.shell.admin, icon: Wrench };

/** Where the shell leads whoever is signed in. */
export function usePlaces(): Place[] {
  return useMe()?.role === "admin" ? [...PLACES, STUDIO] : PLACES;
}
