import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { TextField } from "@/components/text-field";
import { text } from "@/text";

/** A text to take away. Where the page may not copy, it can still be selected. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState(false);
  const Icon = copied ? Check : Copy;
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <div className="flex items-end gap-2">
      <div className="min-w-0 flex-1 [&_input]:font-mono [&_input]:text-small">
        <TextField label={label} value={value} isReadOnly />
      </div>
      {window.isSecureContext && (
        <Button onPress={() => void copy()}>
          <Icon aria-hidden className="size-4" />
          <span aria-live="polite">{copied ? text.common.copied : text.common.copy}</span>
        </Button>
      )}
    </div>
  );
}
