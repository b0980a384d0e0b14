import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { AssetRead, ConsentEnded } from "@/client/schema";
import { Button } from "@/components/button";
import { Dialog, DialogButtons } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { undoable } from "@/components/undo";
import { Waiting } from "@/components/waiting";
import { deleteMade } from "@/features/library/api/delete";
import { renewMade } from "@/features/library/api/renew";
import { finishedQuery, usesQuery } from "@/features/library/api/uses";
import { LessonTitles } from "@/features/library/components/lesson-titles";
import { text } from "@/text";

const words = text.library.made;

interface Props {
  asset: AssetRead;
  /** What came of taking the consent back, where that was done just now. */
  ended: ConsentEnded | null;
  onClose: () => void;
}

/** Offers to delete what was made with a file whose consent is no more, and says what that is. */
export function DeleteMade({ isOpen, ...props }: Props & { isOpen: boolean }) {
  return (
    <Dialog title={words.heading(props.asset.name)} isOpen={isOpen} onClose={props.onClose} firm>
      <Offer {...props} />
    </Dialog>
  );
}

function Offer({ asset, ended, onClose }: Props) {
  const queries = useQueryClient();
  const all = useQuery(usesQuery(asset.id));
  const finished = useQuery(finishedQuery(asset.id));
  const remove = () => {
    const known = all.data?.items.map(({ id }) => id) ?? [];
    const gone = ended ? [...ended.lessons, ...ended.jobs_stopped, ...known] : known;
    undoable(words.deleted(asset.name), gone, async () => {
      await deleteMade(asset.id);
      await renewMade(queries, asset.id);
    });
    onClose();
  };
  return (
    <>
      {ended && <p role="status">{words.ended(ended.jobs_stopped.length)}</p>}
      <ProblemNotice error={finished.error} />
      {finished.isPending && <Waiting />}
      {finished.data && <LessonTitles page={finished.data} say={text.library.delete.finished} />}
      <p>{words.goes}</p>
      <p className="text-small text-muted">{words.stays(asset.name)}</p>
      <DialogButtons>
        <Button onPress={onClose} autoFocus>
          {words.keep}
        </Button>
        <Button look="danger" onPress={remove}>
          {words.confirm}
        </Button>
      </DialogButtons>
    </>
  );
}
