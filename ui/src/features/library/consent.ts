import type { ConsentAsk, Statement } from "@/client/schema";

/** What stands in the form; `person` is null until somebody has typed there. */
export interface ConsentTyped {
  statement: Statement;
  person: string | null;
  scope: string;
  /** A day as a date field writes it, or nothing. */
  until: string;
}

/**
 * What the form asks for: `body` is null while something is missing or wrong. Whoever says that it
 * is themselves is named already.
 */
export function consentIn(
  { statement, person: typed, scope, until }: ConsentTyped,
  username: string,
  now: Date,
): { person: string; isPast: boolean; body: ConsentAsk | null } {
  const person = typed ?? (statement === "self" ? username : "");
  // the day is one of the user's own, and begins where they are
  const end = until ? new Date(`${until}T00:00`) : null;
  const isPast = end !== null && end <= now;
  if (!person.trim() || isPast) return { person, isPast, body: null };
  const body: ConsentAsk = {
    statement,
    person: person.trim(),
    ...(scope.trim() && { scope: scope.trim() }),
    ...(end && { expires_at: end.toISOString() }),
  };
  return { person, isPast, body };
}
