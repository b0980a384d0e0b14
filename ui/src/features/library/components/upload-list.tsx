import { X } from "lucide-react";
import type { AssetKind } from "@/client/schema";
import { ApiProblem, explained } from "@/client/problem";
import { Button, IconButton } from "@/components/button";
import { Notice } from "@/components/notice";
import { Progress } from "@/components/progress";
import { dismiss, sendAgain, useUploads, type Upload } from "@/features/library/uploads";
import { text } from "@/text";

const words = text.library.upload;

/** The files of a kind that are on their way, and those that were refused. */
export function UploadList({ kind }: { kind: AssetKind }) {
  const uploads = useUploads().filter((each) => each.kind === kind);
  if (uploads.length === 0) return null;
  return (
    <ul aria-label={words.list} className="flex flex-col gap-3">
      {uploads.map((upload) => (
        <li key={upload.id}>
          {upload.state === "failed" ? <Refused upload={upload} /> : <OnItsWay upload={upload} />}
        </li>
      ))}
    </ul>
  );
}

function OnItsWay({ upload: { file, state, share } }: { upload: Upload }) {
  const say = state === "waiting" ? words.waiting : share < 1 ? words.sending : words.checking;
  return (
    <div role="status" className="max-w-lg">
      <Progress label={say(file.name)} value={share} />
    </div>
  );
}

function Refused({ upload: { id, file, error } }: { upload: Upload }) {
  const { sentence, advice } = explained(error);
  const fields = error instanceof ApiProblem ? error.fields : [];
  return (
    <Notice
      kind="bad"
      action={
        <div className="flex items-center gap-1">
          {!isFinal(error) && (
            <Button
              aria-label={words.againNamed(file.name)}
              onPress={() => {
                sendAgain(id);
              }}
            >
              {words.again}
            </Button>
          )}
          <IconButton
            label={words.dismiss(file.name)}
            onPress={() => {
              dismiss(id);
            }}
          >
            <X aria-hidden className="size-4" />
          </IconButton>
        </div>
      }
    >
      <p>
        <strong className="font-semibold break-words">{words.refused(file.name)}</strong> {sentence}{" "}
        {advice} {fields.map(({ message }) => message).join(" ")}
      </p>
    </Notice>
  );
}

/** Whether it is the file that was refused: the same file is refused again. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiProblem && [413, 415, 422].includes(error.status);
}
