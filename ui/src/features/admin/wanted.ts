import { admin } from "@/text/admin";

const words = admin.users;

export interface Wanted {
  q: string;
  role: keyof typeof words.roles;
  state: keyof typeof words.states;
}

/** What an address asks for; what it says wrongly is as if it were not said. */
export function wantedIn(address: URLSearchParams): Wanted {
  const [role, state] = [address.get("role") ?? "", address.get("state") ?? ""];
  return {
    q: address.get("q") ?? "",
    role: role in words.roles ? (role as Wanted["role"]) : "any",
    state: state in words.states ? (state as Wanted["state"]) : "any",
  };
}

/** The address that asks for it; what is usual is left out. */
export function addressOf({ q, role, state }: Wanted): URLSearchParams {
  return new URLSearchParams({
    ...(q && { q }),
    ...(role !== "any" && { role }),
    ...(state !== "any" && { state }),
  });
}

/** The same, as the API is asked. */
export function asked({ q, role, state }: Wanted) {
  const search = q.trim();
  return {
    ...(search && { q: search }),
    ...(role !== "any" && { role }),
    ...(state !== "any" && { disabled: state === "disabled" }),
  };
}
