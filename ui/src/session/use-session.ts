import { useSyncExternalStore } from "react";
import { session } from "@/client/api";
import type { SessionState } from "@/client/session";

export function useSessionState(): SessionState {
  return useSyncExternalStore(session.subscribe, () => session.state);
}
