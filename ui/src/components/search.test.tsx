import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { Search } from "@/components/search";

const field = () => screen.getByRole<HTMLInputElement>("searchbox", { name: "Search by name" });

function type(value: string): void {
  field().focus();
  fireEvent.change(field(), { target: { value } });
}

test("what is typed stands at once, though the address follows late", () => {
  const onSearch = vi.fn();
  render(
    <Search label="Search by name" q="" onSearch={onSearch}>
      {null}
    </Search>,
  );
  type("ra");
  type("rain");
  expect(onSearch.mock.calls).toEqual([["ra"], ["rain"]]);
  expect(field().value).toBe("rain");
});

test("what the address says stands once the field is left", () => {
  render(<InPage />);
  type("rain");
  const all = screen.getByRole("button", { name: "Show all" });
  all.focus();
  expect(field().value).toBe("rain");
  fireEvent.click(all);
  expect(field().value).toBe("");
});

function InPage() {
  const [q, setQ] = useState("");
  return (
    <>
      <Search label="Search by name" q={q} onSearch={setQ}>
        {null}
      </Search>
      <button
        onClick={() => {
          setQ("");
        }}
      >
        Show all
      </button>
    </>
  );
}
