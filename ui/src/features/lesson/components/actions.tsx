import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useNavigate } from "react-router";
import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/client/keys";
import type { JobRead } from "@/client/schema";
import { ButtonLink, IconButton } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";
import { undoable } from "@/components/undo";
import { deleteLesson } from "@/features/lesson/api/delete";
import { isOver } from "@/features/lesson/making";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.lessonPage.actions;

/** What can be done with a lesson that is over. */
export function Actions({ job }: { job: JobRead }) {
  const remove = useRemoval(job);
  if (!isOver(job)) return null;
  return (
    <div className="flex items-center gap-2">
      {job.scenes.length > 0 && (
        <ButtonLink href={paths.changeLesson(job.id)}>
          <Pencil aria-hidden className="size-4" />
          {words.change}
        </ButtonLink>
      )}
      <Menu
        label={words.more}
        trigger={
          <IconButton label={words.more}>
            <Ellipsis aria-hidden className="size-5" />
          </IconButton>
        }
      >
        <MenuItem onAction={remove} textValue={words.delete}>
          <Trash2 aria-hidden className="size-4 text-muted" />
          {words.delete}
        </MenuItem>
      </Menu>
    </div>
  );
}

/** Takes the lesson away, and goes to the others; for a while it can be taken back. */
function useRemoval(job: JobRead): () => void {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return () => {
    undoable(words.deleted(job.title), [job.id], async () => {
      await deleteLesson(job.id);
      queries.removeQueries({ queryKey: keys.job(job.id) });
      await queries.invalidateQueries({ queryKey: keys.jobs() });
    });
    void navigate(paths.lessons);
  };
}
