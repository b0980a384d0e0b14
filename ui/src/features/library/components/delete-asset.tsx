import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/client/keys";
import type { AssetRead, JobPage } from "@/client/schema";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Dialog, DialogButtons } from "@/components/dialog";
import { HINT } from "@/components/text-field";
import { undoable } from "@/components/undo";
import { deleteAsset } from "@/features/library/api/delete";
import { renewLists } from "@/features/library/api/renew";
import { finishedQuery, makingQuery } from "@/features/library/api/uses";
import { LessonTitles } from "@/features/library/components/lesson-titles";
import { text } from "@/text";

const words = text.library.delete;

interface HangsOn {
  making: JobPage;
  finished: JobPage;
}

export interface Deletion {
  ask: () => void;
  /** What hangs on it, while it is asked whether that may go; null otherwise. */
  hangsOn: HangsOn | null;
  confirm: (lessonsToo: boolean) => void;
  leave: () => void;
}

/** Deletes a file: at once where nothing hangs on it, else after saying what does. */
export function useDeletion(asset: AssetRead, onDeleted?: () => void): Deletion {
  const queries = useQueryClient();
  const [hangsOn, setHangsOn] = useState<HangsOn | null>(null);
  const remove = (force: boolean, lessons: boolean) => {
    setHangsOn(null);
    undoable(words.deleted(asset.name), [asset.id], async () => {
      await deleteAsset({ id: asset.id, force, lessons });
      queries.removeQueries({ queryKey: keys.asset(asset.id) });
      await Promise.all([
        renewLists(queries),
        queries.invalidateQueries({ queryKey: keys.jobs() }),
      ]);
    });
    onDeleted?.();
  };
  const look = useMutation({
    mutationFn: async () => {
      const [making, finished] = await Promise.all([
        queries.query({ ...makingQuery(asset.id), staleTime: 0 }),
        queries.query({ ...finishedQuery(asset.id), staleTime: 0 }),
      ]);
      return { making, finished };
    },
    onSuccess: (found) => {
      if (found.making.items.length + found.finished.items.length > 0) setHangsOn(found);
      else remove(false, false);
    },
  });
  return {
    ask: () => {
      look.mutate();
    },
    hangsOn,
    confirm: (lessonsToo) => {
      remove((hangsOn?.making.items.length ?? 0) > 0, lessonsToo);
    },
    leave: () => {
      setHangsOn(null);
    },
  };
}

export function DeleteDialog({ asset, deletion }: { asset: AssetRead; deletion: Deletion }) {
  const { hangsOn, leave } = deletion;
  return (
    <Dialog title={words.heading(asset.name)} isOpen={hangsOn !== null} onClose={leave} firm>
      {hangsOn && <Question hangsOn={hangsOn} deletion={deletion} />}
    </Dialog>
  );
}

function Question({ hangsOn, deletion }: { hangsOn: HangsOn; deletion: Deletion }) {
  const [lessonsToo, setLessonsToo] = useState(false);
  const { making, finished } = hangsOn;
  return (
    <>
      <LessonTitles page={making} say={words.making} />
      <LessonTitles page={finished} say={words.finished} />
      {finished.items.length > 0 && (
        <Checkbox isSelected={lessonsToo} onChange={setLessonsToo}>
          {words.lessonsToo}
          <span className={`block ${HINT}`}>{words.lessonsStay}</span>
        </Checkbox>
      )}
      <p className="text-small text-muted">{words.derived}</p>
      <DialogButtons>
        <Button onPress={deletion.leave} autoFocus>
          {text.common.cancel}
        </Button>
        <Button
          look="danger"
          onPress={() => {
            deletion.confirm(lessonsToo);
          }}
        >
          {words.confirm}
        </Button>
      </DialogButtons>
    </>
  );
}
