import type { EventSourceMessage } from "eventsource-parser/stream";
import { useEffect, useEffectEvent, useState } from "react";
import { fetchSigned } from "@/client/api";
import { pause, readEvents, type LineState } from "@/client/events";
import type { ApiProblem } from "@/client/problem";

export interface Following {
  state: LineState;
  problem: ApiProblem | null;
}

/**
 * Follows the events at `path` while it is not null: each goes to `onEvent`, once and in order.
 *
 * `after` is the id of the last event already known; it is read when the line is opened.
 */
export function useEvents(
  path: string | null,
  onEvent: (event: EventSourceMessage) => void,
  after?: string,
): Following {
  const [following, setFollowing] = useState<Following>({ state: "connecting", problem: null });
  const hear = useEffectEvent(onEvent);
  const known = useEffectEvent(() => after);
  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    const onState = (state: LineState, problem?: ApiProblem) => {
      setFollowing({ state, problem: problem ?? null });
    };
    const line = { path, after: known(), onEvent: hear, onState, signal: stop.signal };
    void readEvents(line, { fetch: fetchSigned, pause });
    return () => {
      stop.abort();
    };
  }, [path]);
  return following;
}
