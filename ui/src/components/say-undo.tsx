import { Button } from "@/components/button";
import { toast, UNDO_MILLISECONDS } from "@/components/toast-queue";
import { text } from "@/text";

/** Says what was done to the plan, and for a while takes it back. */
export function sayUndo(said: string, undo: () => void): void {
  const close = toast(
    said,
    {
      action: (
        <Button
          look="quiet"
          className="-ml-4 self-start"
          onPress={() => {
            undo();
            close();
          }}
        >
          {text.common.undo}
        </Button>
      ),
    },
    UNDO_MILLISECONDS,
  );
}
