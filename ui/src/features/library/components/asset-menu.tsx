import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import type { AssetRead } from "@/client/schema";
import { IconButton } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";
import { DeleteDialog, useDeletion } from "@/features/library/components/delete-asset";
import { text } from "@/text";

const words = text.library.card;

/** What can be done with a file in the list. */
export function AssetMenu({ asset, onRename }: { asset: AssetRead; onRename: () => void }) {
  const deletion = useDeletion(asset);
  return (
    <>
      <Menu
        label={words.actions(asset.name)}
        trigger={
          <IconButton label={words.actions(asset.name)} className="-my-2 shrink-0">
            <Ellipsis aria-hidden className="size-5" />
          </IconButton>
        }
      >
        <MenuItem onAction={onRename} textValue={words.rename}>
          <Pencil aria-hidden className="size-4 text-muted" />
          {words.rename}
        </MenuItem>
        <MenuItem onAction={deletion.ask} textValue={words.delete}>
          <Trash2 aria-hidden className="size-4 text-muted" />
          {words.delete}
        </MenuItem>
      </Menu>
      <DeleteDialog asset={asset} deletion={deletion} />
    </>
  );
}
