import { useEffect, useEffectEvent } from "react";

/** Hands over files that are pasted anywhere in the page. Texts stay where they are pasted. */
export function usePastedFiles(take: (files: File[]) => void): void {
  const hear = useEffectEvent((event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // a drop zone that has the focus has taken them
    if (files.length === 0 || event.defaultPrevented) return;
    event.preventDefault();
    take(files);
  });
  useEffect(() => {
    document.addEventListener("paste", hear);
    return () => {
      document.removeEventListener("paste", hear);
    };
  }, []);
}
