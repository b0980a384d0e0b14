import { Trash2 } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { keys } from "@/client/keys";
import type { DraftSummary } from "@/client/schema";
import { Button, IconButton } from "@/components/button";
import { TextLink } from "@/components/link";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { undoable, useGoing } from "@/components/undo";
import { Waiting } from "@/components/waiting";
import { addressOf } from "@/features/new-lesson/address";
import { deleteDraft, useCreateDraft, useDrafts } from "@/features/new-lesson/api/drafts";
import { text } from "@/text";
import { relative } from "@/text/format";

const words = text.newLesson.start;

/** What was begun before, and a new beginning. */
export function Start() {
  const navigate = useNavigate();
  const drafts = useDrafts();
  const create = useCreateDraft();
  const going = useGoing();
  const shown = drafts.data?.items.filter(({ id }) => !going.has(id)) ?? [];
  return (
    <Page title={text.newLesson.title}>
      <p className="-mt-6 mb-8 max-w-prose text-muted">{words.lead}</p>
      <div className="flex max-w-180 flex-col items-start gap-8">
        <ProblemNotice error={create.error} />
        <Button
          look="primary"
          pending={create.isPending && words.beginning}
          onPress={() => {
            create.mutate(undefined, {
              onSuccess: ({ id }) => navigate(addressOf(id, "presenter")),
            });
          }}
        >
          {words.begin}
        </Button>
        <section className="w-full">
          <h2 className="mb-3 text-title">{words.drafts}</h2>
          {drafts.error && <ProblemNotice error={drafts.error} />}
          {drafts.isPending && <Waiting />}
          {drafts.data && shown.length === 0 && <p className="text-muted">{words.none}</p>}
          <ul className="flex flex-col">
            {shown.map((draft) => (
              <Begun key={draft.id} draft={draft} />
            ))}
          </ul>
        </section>
      </div>
    </Page>
  );
}

function Begun({ draft }: { draft: DraftSummary }) {
  const queries = useQueryClient();
  return (
    <li className="flex items-center justify-between gap-4 border-t border-line py-3">
      <div className="min-w-0">
        <TextLink href={addressOf(draft.id, "presenter")} className="break-words">
          {draft.title}
        </TextLink>
        <p className="text-small text-muted">{words.changed(relative(draft.updated_at))}</p>
      </div>
      <IconButton
        label={words.remove(draft.title)}
        onPress={() => {
          undoable(words.removed(draft.title), [draft.id], async () => {
            await deleteDraft(draft.id);
            await queries.invalidateQueries({ queryKey: keys.drafts() });
          });
        }}
      >
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
    </li>
  );
}
