import { Download } from "lucide-react";
import type { ExportRead, JobRead } from "@/client/schema";
import { ProblemNotice } from "@/components/notice";
import { Waiting } from "@/components/waiting";
import { useExports } from "@/features/lesson/api/exports";
import { Panel } from "@/features/lesson/components/panel";
import { Says } from "@/features/lesson/components/says";
import { text } from "@/text";
import { size } from "@/text/format";

const words = text.lessonPage.files;

/** What can be taken away: each file with its size. */
export function Files({ job }: { job: JobRead }) {
  const files = useExports(job.id, true);
  return (
    <Panel title={words.title}>
      {files.isPending && <Waiting>{words.expecting}</Waiting>}
      <ProblemNotice error={files.error} />
      {files.data?.length === 0 && <p className="text-muted">{words.none}</p>}
      <ul className="-mt-3 divide-y divide-line">
        {inOrder(files.data ?? []).map((file) => (
          <File key={file.name} file={file} />
        ))}
      </ul>
      <Says job={job} />
    </Panel>
  );
}

function File({ file }: { file: ExportRead }) {
  const name = words.names[file.name] ?? file.name;
  return (
    <li>
      <a
        href={file.address}
        download={file.name}
        className="group flex min-h-12 items-center gap-3 rounded-small py-2 hover:text-accent"
      >
        <Download aria-hidden className="size-4 shrink-0 text-muted group-hover:text-accent" />
        <span className="flex-1 font-semibold">
          <span className="sr-only">{words.title}</span> {name}
        </span>
        <span className="text-small text-muted tabular-nums">
          {[words.kinds[file.name], size(file.bytes)].filter(Boolean).join(", ")}
        </span>
      </a>
    </li>
  );
}

/** As the catalogue names them; what it does not know comes last. */
function inOrder(files: ExportRead[]): ExportRead[] {
  const known = Object.keys(words.names);
  const place = ({ name }: ExportRead) => (known.includes(name) ? known.indexOf(name) : Infinity);
  return files.toSorted((one, other) => place(one) - place(other));
}
