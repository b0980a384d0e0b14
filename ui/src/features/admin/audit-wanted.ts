export const FILTERS = ["who", "action", "target", "after", "before"] as const;

/** What of the audit is shown; days are as `2026-11-22`, in the user's own zone. */
export type AuditWanted = Record<(typeof FILTERS)[number], string>;

/** What an address asks for. */
export function auditWantedIn(address: URLSearchParams): AuditWanted {
  const said = FILTERS.map((name) => [name, address.get(name) ?? ""]);
  return Object.fromEntries(said) as AuditWanted;
}

/** The address that asks for it; what is not narrowed is left out. */
export function auditAddressOf(wanted: AuditWanted): URLSearchParams {
  return new URLSearchParams(
    FILTERS.flatMap((name) => (wanted[name] ? [[name, wanted[name]]] : [])),
  );
}

/** The same, as the API is asked: from the first moment of a day to the last of another. */
export function askedOf({ who, action, target, after, before }: AuditWanted) {
  const [from, until] = [dayBegins(after), dayBegins(before, 1)];
  return {
    ...(who.trim() && { actor: who.trim() }),
    ...(action.trim() && { action: action.trim() }),
    ...(target.trim() && { target: target.trim() }),
    ...(from && { created_after: from }),
    ...(until && { created_before: until }),
  };
}

/** When a day, or one so many days later, begins where the user is; null for what is no day. */
function dayBegins(day: string, later = 0): string | null {
  const begins = new Date(`${day}T00:00:00`);
  if (Number.isNaN(begins.valueOf())) return null;
  begins.setDate(begins.getDate() + later);
  return begins.toISOString();
}
