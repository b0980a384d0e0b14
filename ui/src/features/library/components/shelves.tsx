import { Link } from "react-router";
import type { AssetKind } from "@/client/schema";
import { addressOf, KINDS, shelf } from "@/features/library/wanted";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.library;

/** The kinds of files, each a place of its own. */
export function Shelves({ now }: { now: AssetKind }) {
  return (
    <nav aria-label={words.shelves} className="border-b border-line">
      <ul className="-mb-px flex flex-wrap gap-x-6">
        {KINDS.map((kind) => (
          <li key={kind}>
            <Link
              to={{ pathname: paths.library, search: addressOf(shelf(kind)).toString() }}
              aria-current={kind === now ? "page" : undefined}
              className="flex min-h-11 items-center rounded-t-small border-b-2 border-transparent px-1 text-muted transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-accent"
            >
              {words.kinds[kind]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
