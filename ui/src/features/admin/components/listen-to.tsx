import { Volume2 } from "lucide-react";
import type { ConsentWaiting } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { useRecording } from "@/features/admin/api/consents";
import { admin } from "@/text/admin";

const words = admin.consents;

/** Fetched when it is asked for: listening is written down. */
export function ListenTo({ consent: { id, person } }: { consent: ConsentWaiting }) {
  const recording = useRecording(id);
  if (recording.data)
    return (
      <audio
        controls
        autoPlay
        src={recording.data.address}
        aria-label={words.recording(person)}
        className="max-w-full"
      />
    );
  return (
    <>
      <Button
        aria-label={words.listenTo(person)}
        pending={recording.isPending && words.fetching}
        onPress={() => {
          recording.mutate();
        }}
      >
        <Volume2 aria-hidden className="size-4" />
        {words.listen}
      </Button>
      <ProblemNotice error={recording.error} />
    </>
  );
}
