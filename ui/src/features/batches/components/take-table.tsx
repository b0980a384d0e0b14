import { Table2 } from "lucide-react";
import { useState } from "react";
import { DropZone, type DropZoneProps } from "react-aria-components/DropZone";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { TextArea } from "@/components/text-field";
import { decoded, emptyTable, readTable, TableProblem, type Table } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const words = newBatch.table;
const ACCEPTED = [".csv", ".tsv", ".txt", "text/csv", "text/tab-separated-values"];

export interface Taken {
  table: Table;
  /** The name of the file, without its ending. */
  name?: string;
  /** How its letters are written had to be guessed. */
  guessed?: boolean;
}
type OnTake = (taken: Taken) => void;
type OnDrop = NonNullable<DropZoneProps["onDrop"]>;

/** A table: dropped, chosen, pasted, or to be written here. */
export function TakeTable({ onTake }: { onTake: OnTake }) {
  const [pasting, setPasting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const trying = async (work: () => Taken | Promise<Taken>) => {
    try {
      onTake(await work());
    } catch (error) {
      if (!(error instanceof TableProblem)) throw error;
      setProblem(error.message);
    }
  };
  const takeFile = (file: File) => void trying(() => fromFile(file));
  const takeText = (text: string) => void trying(() => ({ table: readTable(text) }));
  const drop: OnDrop = async ({ items }) => {
    const [item] = items;
    if (item?.kind === "file") takeFile(await item.getFile());
    if (item?.kind === "text") takeText(await item.getText("text/plain"));
  };
  return (
    <div className="flex flex-col gap-4">
      <DropZone
        aria-label={words.drop}
        onDrop={drop}
        className="flex min-h-44 flex-col items-center justify-center gap-4 rounded-large border border-dashed border-control p-6 text-center data-drop-target:bg-accent-soft"
      >
        <Table2 aria-hidden className="size-6 text-muted" />
        <p className="text-muted">{words.drop}</p>
        <div className="flex flex-wrap justify-center gap-3">
          <FileTrigger
            acceptedFileTypes={ACCEPTED}
            onSelect={(files) => {
              if (files?.[0]) takeFile(files[0]);
            }}
          >
            <Button look="primary">{words.choose}</Button>
          </FileTrigger>
          <Button
            aria-expanded={pasting}
            onPress={() => {
              setPasting(!pasting);
            }}
          >
            {words.paste}
          </Button>
          <Button
            onPress={() => {
              onTake({ table: emptyTable() });
            }}
          >
            {words.write}
          </Button>
        </div>
      </DropZone>
      {problem && (
        <Notice kind="bad">
          <p>{problem}</p>
        </Notice>
      )}
      {pasting && <PasteCells onText={takeText} />}
    </div>
  );
}

function PasteCells({ onText }: { onText: (text: string) => void }) {
  const [cells, setCells] = useState("");
  return (
    <div className="flex flex-col items-start gap-3">
      <div className="w-full">
        <TextArea
          autoFocus
          label={words.pasted}
          hint={words.pastedHint}
          value={cells}
          rows={5}
          onChange={setCells}
        />
      </div>
      <Button
        isDisabled={!cells.trim()}
        onPress={() => {
          onText(cells);
        }}
      >
        {words.take}
      </Button>
    </div>
  );
}

async function fromFile(file: File): Promise<Taken> {
  const { text, guessed } = decoded(await file.arrayBuffer());
  return { table: readTable(text), guessed, name: file.name.replace(/\.[^.]+$/, "") };
}
