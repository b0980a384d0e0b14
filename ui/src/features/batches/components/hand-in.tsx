import { Button } from "@/components/button";
import { TextLink } from "@/components/link";
import { Notice, ProblemNotice } from "@/components/notice";
import { rowsRefused } from "@/features/batches/api/make";
import { wrongRows, type Faults } from "@/features/batches/faults";
import { missingOf, type Missing, type Plan } from "@/features/batches/plan";
import { filledRows } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

const words = newBatch.check;

/** Where what is missing can be given. */
export const PLACES = { table: "table", columns: "columns", look: "look", check: "check" } as const;
const PLACE_OF: Record<Missing, string> = {
  table: PLACES.table,
  title: PLACES.columns,
  words: PLACES.columns,
  template: PLACES.columns,
  portrait: PLACES.look,
};

interface Props {
  plan: Plan;
  faults: Faults;
  error: unknown;
  /** Which of the two is under way. */
  pending: "all" | "good" | null;
  /** Hands in all rows, or leaves out those with something wrong. */
  handIn: (leaveOut: boolean) => void;
}

/** The end of the way: what is missing, what the API found wrong, and the button. */
export function HandIn({ plan, faults, error, pending, handIn }: Props) {
  const missing = missingOf(plan);
  const rows = plan.table ? filledRows(plan.table).length : 0;
  const wrong = wrongRows(faults);
  return (
    <div className="flex flex-col gap-4">
      {missing.length > 0 && (
        <div>
          <h3 className="font-sans font-semibold">{words.missing}</h3>
          <ul className="mt-1 list-disc pl-5">
            {missing.map((each) => (
              <li key={each}>
                <TextLink
                  href={`#${PLACE_OF[each]}`}
                  onPress={() => {
                    goTo(PLACE_OF[each]);
                  }}
                >
                  {words.lacks[each]}
                </TextLink>
              </li>
            ))}
          </ul>
        </div>
      )}
      {rowsRefused(error) ? (
        <Refused faults={faults} rows={rows} />
      ) : (
        <ProblemNotice error={error} />
      )}
      <div className="flex flex-wrap gap-3">
        <Button
          look="primary"
          isDisabled={missing.length > 0 || pending === "good"}
          pending={pending === "all" && words.making}
          onPress={() => {
            handIn(false);
          }}
        >
          {rows > 0 ? words.make(rows) : words.makeThem}
        </Button>
        {wrong > 0 && wrong < rows && faults.shared.length === 0 && (
          <Button
            isDisabled={pending === "all"}
            pending={pending === "good" && words.making}
            onPress={() => {
              handIn(true);
            }}
          >
            {words.leaveOut(wrong, rows - wrong)}
          </Button>
        )}
      </div>
    </div>
  );
}

function Refused({ faults, rows }: { faults: Faults; rows: number }) {
  const wrong = wrongRows(faults);
  return (
    <Notice kind="bad">
      {wrong > 0 && (
        <p>
          <strong className="font-semibold">{words.wrong(wrong, rows)}</strong>{" "}
          {wrong < rows ? words.wrongAdvice : words.allWrong}
        </p>
      )}
      {faults.shared.map((message) => (
        <p key={message}>
          {words.shared} {message}
        </p>
      ))}
    </Notice>
  );
}

function goTo(id: string): void {
  document.getElementById(id)?.focus();
}
