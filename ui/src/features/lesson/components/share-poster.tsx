import { useMutation } from "@tanstack/react-query";
import { Check, Copy, Download } from "lucide-react";
import type { JobRead } from "@/client/schema";
import { Button, ButtonLink } from "@/components/button";
import { useExports } from "@/features/lesson/api/exports";
import { Panel } from "@/features/lesson/components/panel";
import { canCopyPictures, copyPicture } from "@/features/lesson/poster";
import { text } from "@/text";

const words = text.lessonPage.poster;
const POSTER = "poster.jpg";

/** The picture that stands for the lesson: to be looked at, copied and taken away. */
export function SharePoster({ job }: { job: JobRead }) {
  const poster = useExports(job.id, true).data?.find(({ name }) => name === POSTER);
  if (!poster) return null;
  return (
    <Panel title={words.title}>
      <img
        src={poster.address}
        alt={words.alt(job.title)}
        className="max-h-60 max-w-full self-start rounded border border-line"
      />
      <div className="flex flex-wrap gap-2">
        {canCopyPictures() && <CopyPicture address={poster.address} />}
        <ButtonLink href={poster.address} download={POSTER}>
          <Download aria-hidden className="size-4" />
          {words.download}
        </ButtonLink>
      </div>
    </Panel>
  );
}

function CopyPicture({ address }: { address: string }) {
  const copy = useMutation({ mutationFn: () => copyPicture(address) });
  const Icon = copy.isSuccess ? Check : Copy;
  return (
    <Button
      pending={copy.isPending && words.copying}
      onPress={() => {
        copy.mutate();
      }}
    >
      <Icon aria-hidden className="size-4" />
      <span aria-live="polite">{copy.isSuccess ? text.common.copied : words.copy}</span>
    </Button>
  );
}
