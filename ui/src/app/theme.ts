import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

/** Also read by public/theme.js, before this is there. */
const KEPT_AS = "lectern-theme";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function chosen(): Theme {
  return (document.documentElement.dataset.theme as Theme | undefined) ?? "system";
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, chosen), choose];
}

function choose(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEPT_AS);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEPT_AS, theme);
  }
  for (const listener of listeners) listener();
}
