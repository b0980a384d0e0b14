import { Download } from "lucide-react";
import { useState } from "react";
import type { BatchRead } from "@/client/schema";
import { Button } from "@/components/button";
import { CheckboxGroup } from "@/components/checkbox";
import { HINT } from "@/components/text-field";
import { archivePath, manifestPath, useDownload } from "@/features/batches/api/take-away";
import { text } from "@/text";
import { batchPage } from "@/text/batches";
import { percent } from "@/text/format";

const words = batchPage.take;
const FILES: Record<string, string> = text.newLesson.review.names;

/** What a batch has made, to take away: the files as one zip, and the list of all. */
export function TakeAway({ batch }: { batch: BatchRead }) {
  const [files, setFiles] = useState(() => Object.keys(FILES));
  const zip = useDownload();
  const list = useDownload();
  const ready = (batch.counts.succeeded ?? 0) > 0;
  return (
    <section className="flex flex-col items-start gap-5 rounded border border-line bg-raised p-5 lg:sticky lg:top-24">
      <div>
        <h2 className="text-title">{words.title}</h2>
        <p className="mt-1 text-small text-muted">{ready ? words.lead : words.none}</p>
      </div>
      {ready && (
        <>
          <CheckboxGroup
            label={words.files}
            options={FILES}
            value={files}
            onChange={setFiles}
            error={files.length === 0 ? words.chooseFiles : undefined}
          />
          <Button
            look="primary"
            isDisabled={files.length === 0}
            pending={
              zip.isPending && (zip.share > 0 ? words.share(percent(zip.share)) : words.zipping)
            }
            onPress={() => {
              zip.mutate({ path: archivePath(batch.id, files), name: `${batch.title}.zip` });
            }}
          >
            <Download aria-hidden className="size-4" />
            {words.zip}
          </Button>
        </>
      )}
      <div>
        <Button
          pending={list.isPending && words.fetching}
          onPress={() => {
            list.mutate({ path: manifestPath(batch.id), name: `${batch.title}.json` });
          }}
        >
          {words.manifest}
        </Button>
        <p className={`mt-2 ${HINT}`}>{words.manifestHint}</p>
      </div>
    </section>
  );
}
