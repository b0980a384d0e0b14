import { useMutation, useQuery } from "@tanstack/react-query";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { useState } from "react";
import { api, call, fetchSigned } from "@/client/api";
import { ApiProblem, problemOf } from "@/client/problem";
import type { Problem, ScriptAsk, ScriptPieceRead, ScriptRead } from "@/client/schema";
import { text } from "@/text";

export interface Growing {
  title: string;
  narration: string;
}

/** Has a script written; `growing` is what there is of it while it comes in. */
export function useWriteScript(onDone: (script: ScriptRead) => void) {
  const [growing, setGrowing] = useState<Growing[]>([]);
  const write = useMutation({
    meta: { showsErrors: true },
    mutationFn: (ask: ScriptAsk) => {
      setGrowing([]);
      return writeScript(ask, (piece) => {
        setGrowing((scenes) => grown(scenes, piece));
      });
    },
    onSuccess: onDone,
  });
  return { ...write, growing };
}

/** Cuts a written text into scenes. */
export function useCutScript() {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (pasted: string) =>
      call(api.POST("/api/scripts/estimate", { body: { text: pasted } })),
  });
}

/** How long a text is to say. */
export function useEstimate(script: string) {
  return useQuery({
    enabled: script.trim() !== "",
    queryKey: ["estimate", script],
    queryFn: ({ signal }) =>
      call(api.POST("/api/scripts/estimate", { body: { text: script }, signal })),
    staleTime: Infinity,
  });
}

export function grown(scenes: readonly Growing[], piece: ScriptPieceRead): Growing[] {
  const next = [...scenes];
  const before = next[piece.scene] ?? { title: "", narration: "" };
  next[piece.scene] = {
    title: piece.title ?? before.title,
    narration: before.narration + piece.text,
  };
  return next;
}

async function writeScript(
  body: ScriptAsk,
  onPiece: (piece: ScriptPieceRead) => void,
): Promise<ScriptRead> {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
  const address = new URL("/api/scripts", location.origin);
  const asked = new Request(address, { method: "POST", headers, body: JSON.stringify(body) });
  const response = await fetchSigned(asked);
  if (!response.ok || !response.body) throw await problemOf(response);
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  for (let next = await events.read(); !next.done; next = await events.read()) {
    const { event, data } = next.value;
    if (event === "piece") onPiece(JSON.parse(data) as ScriptPieceRead);
    if (event === "script") return JSON.parse(data) as ScriptRead;
    if (event === "problem") throw new ApiProblem(422, JSON.parse(data) as Partial<Problem>);
  }
  throw new ApiProblem(502, { detail: text.newLesson.script.cut });
}
