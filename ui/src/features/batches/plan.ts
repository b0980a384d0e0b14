import * as z from "zod/mini";
import type { BatchAsk } from "@/client/schema";
import {
  FIELDS,
  said,
  unknownName,
  type Field,
  type Source,
  type Sources,
} from "@/features/batches/columns";
import { filledRows, type Row, type Table } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const table = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.object({ key: z.string(), cells: z.array(z.string()) })),
}) satisfies z.ZodMiniType<Table>;
const source = z.union([
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("column"), column: z.number() }),
  z.object({ kind: z.literal("written"), text: z.string() }),
]) satisfies z.ZodMiniType<Source>;
const none: Source = { kind: "none" };
const usualLook = {
  aspect: "16:9",
  resolution: "720p",
  motion: "1",
  background: "#f4f1ea",
  burnIn: false,
} as const;
const look = z.object({
  aspect: z.catch(z.enum(["1:1", "16:9", "9:16"]), usualLook.aspect),
  resolution: z.catch(z.enum(["512", "720p", "1080p"]), usualLook.resolution),
  motion: z.catch(z.enum(["0", "0.5", "1", "1.5"]), usualLook.motion),
  background: z.catch(z.string(), usualLook.background),
  burnIn: z.catch(z.boolean(), usualLook.burnIn),
});
export type Look = z.infer<typeof look>;

/** A batch that is being put together, as it is kept in the browser. */
const plan = z.object({
  name: z.catch(z.string(), ""),
  guessed: z.catch(z.boolean(), false),
  table: z.catch(z.nullable(table), null),
  sources: z.catch(z.record(z.enum(FIELDS), source), {
    title: none,
    narration: none,
    prompt: none,
    audience: none,
    minutes: none,
    external_id: none,
  }),
  portraitId: z.catch(z.nullable(z.string()), null),
  voiceId: z.catch(z.nullable(z.string()), null),
  look: z.catch(look, usualLook),
});
export type Plan = z.infer<typeof plan>;

/** What was kept; where that is damaged or nothing, as at the start. */
export function planFrom(kept: unknown): Plan {
  return plan.parse(kept);
}

export type Missing = keyof typeof newBatch.check.lacks;

/** What is missing before the batch can be handed in. */
export function missingOf({ table, sources, portraitId }: Plan): Missing[] {
  const unread = (field: Field) => sources[field].kind === "none";
  const lacks: Record<Missing, boolean> = {
    table: table === null || filledRows(table).length === 0,
    title: table !== null && unread("title"),
    words: table !== null && unread("narration") && unread("prompt"),
    template:
      table !== null && Object.values(sources).some((each) => unknownName(each, table) !== null),
    portrait: portraitId === null,
  };
  return (Object.keys(lacks) as Missing[]).filter((each) => lacks[each]);
}

/** The batch to ask for; nothing may be missing. All of it, or with `atomic` unset what is good. */
export function askOf({ name, table, sources, ...all }: Plan, atomic: boolean): BatchAsk {
  const rows = table ? filledRows(table) : [];
  return {
    title: name.trim() || newBatch.check.unnamed,
    atomic,
    defaults: defaultsOf(all),
    items: table ? rows.map((row) => itemOf(sources, table, row)) : [],
  };
}

function defaultsOf({ portraitId, voiceId, look }: Pick<Plan, "portraitId" | "voiceId" | "look">) {
  const { aspect, resolution, motion, background, burnIn } = look;
  return {
    portrait_id: portraitId,
    ...(voiceId !== null && { voice_id: voiceId }),
    video: { aspect, resolution, background, motion: Number(motion) },
    captions: { burn_in: burnIn },
  };
}

/** What a row says of its lesson; a blank line in what is said begins a new scene. */
export function itemOf(sources: Sources, table: Table, row: Row): Record<string, unknown> {
  const { narration, ...rest } = Object.fromEntries(
    FIELDS.map((field) => [field, said(sources[field], table, row)] as const).filter(
      ([, text]) => text,
    ),
  ) as Partial<Record<Field, string>>;
  if (narration === undefined) return rest;
  const scenes = narration.split(/\n\s*\n/).map((part) => ({ narration: part.trim() }));
  return { ...rest, scenes: scenes.filter((scene) => scene.narration) };
}
