import { expect, test } from "vitest";
import { askedOf, auditAddressOf, auditWantedIn } from "@/features/admin/audit-wanted";

test("an address and what it asks for are the same both ways", () => {
  const address = new URLSearchParams("who=u&action=key&after=2026-11-22");
  expect(auditAddressOf(auditWantedIn(address)).toString()).toBe(address.toString());
});

test("days are whole where the user is, and what is no day asks for nothing", () => {
  const asked = askedOf(auditWantedIn(new URLSearchParams("after=2026-11-22&before=2026-11-22")));
  const [from = "", until = ""] = [asked.created_after, asked.created_before];
  expect(new Date(from).getHours()).toBe(0);
  expect(Date.parse(until) - Date.parse(from)).toBe(86_400_000);
  expect(askedOf(auditWantedIn(new URLSearchParams("after=soon")))).toEqual({});
});
