import { useState } from "react";
import type { AssetRead } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Waiting } from "@/components/waiting";
import { useScriptText } from "@/features/library/api/text";
import { text } from "@/text";

const words = text.library.page;

/** What stands in a script, to be read and copied. */
export function ScriptText({ asset }: { asset: AssetRead }) {
  const { data, error } = useScriptText(asset);
  if (data === undefined) return error ? <ProblemNotice error={error} /> : <Waiting />;
  return (
    <div className="flex flex-col items-start gap-4">
      <pre
        // it scrolls: the keyboard has to get there
        tabIndex={0}
        role="region"
        aria-label={words.scriptLabel(asset.name)}
        className="max-h-[60dvh] w-full max-w-prose overflow-y-auto rounded border border-line bg-raised p-5 font-sans whitespace-pre-wrap"
      >
        {data}
      </pre>
      {window.isSecureContext && <Copy content={data} />}
    </div>
  );
}

function Copy({ content }: { content: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(content);
    setCopied(true);
  };
  return (
    <Button onPress={() => void copy()}>
      <span aria-live="polite">{copied ? words.copied : words.copy}</span>
    </Button>
  );
}
