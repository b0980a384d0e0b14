import { Button } from "@/components/button";
import { newBatch } from "@/text/batches";

const words = newBatch.check;

/** Which rows are shown, and the way to the others. */
export function Pager({
  first,
  shown,
  all,
  go,
}: {
  first: number;
  shown: number;
  all: number;
  /** Turns so many pages. */
  go: (by: -1 | 1) => void;
}) {
  if (shown === all) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p role="status" className="mr-auto text-small text-muted">
        {words.page(first + 1, first + shown, all)}
      </p>
      <Button
        isDisabled={first === 0}
        onPress={() => {
          go(-1);
        }}
      >
        {words.earlier}
      </Button>
      <Button
        isDisabled={first + shown >= all}
        onPress={() => {
          go(1);
        }}
      >
        {words.later}
      </Button>
    </div>
  );
}
