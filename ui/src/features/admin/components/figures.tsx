import type { ReactNode } from "react";

/** A small table: the first column names, the others count. Without rows, a sentence. */
export function Figures({
  title,
  lead,
  empty,
  heads,
  rows,
}: {
  title: string;
  lead?: string;
  empty: string;
  heads: readonly string[];
  rows: readonly (readonly [string, ...ReactNode[]])[];
}) {
  return (
    <section>
      <h3 className="text-lead">{title}</h3>
      {lead && <p className="text-small text-muted">{lead}</p>}
      {rows.length === 0 ? (
        <p className="mt-3 text-muted">{empty}</p>
      ) : (
        <div className="mt-3 overflow-x-auto" tabIndex={0} role="region" aria-label={title}>
          <table className="w-full text-left">
            <thead>
              <tr className="border-b border-control text-small text-muted">
                {heads.map((head, at) => (
                  <th
                    key={head}
                    scope="col"
                    className={`py-2 align-bottom font-semibold ${side(at)}`}
                  >
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, ...cells], row) => (
                <tr key={`${name} ${row}`} className="border-b border-line">
                  <th scope="row" className="py-2 pr-4 font-normal break-words">
                    {name}
                  </th>
                  {cells.map((cell, at) => (
                    <td
                      key={heads[at + 1]}
                      className={`py-2 whitespace-nowrap tabular-nums ${side(at + 1)}`}
                    >
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const side = (at: number) => (at === 0 ? "pr-4" : "pl-4 text-right");
