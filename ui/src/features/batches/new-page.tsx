import { useNavigate } from "react-router";
import type { UserRead } from "@/client/schema";
import { Notice } from "@/components/notice";
import { Page } from "@/components/page";
import { sayUndo } from "@/components/say-undo";
import { TextField } from "@/components/text-field";
import { toast } from "@/components/toast-queue";
import { Waiting } from "@/components/waiting";
import { rowsRefused, useMakeBatch } from "@/features/batches/api/make";
import { guessed } from "@/features/batches/columns";
import { Columns } from "@/features/batches/components/columns";
import { HandIn, PLACES } from "@/features/batches/components/hand-in";
import { LookFields } from "@/features/batches/components/look";
import { Step } from "@/features/batches/components/step";
import { Summary } from "@/features/batches/components/summary";
import { TableEditor } from "@/features/batches/components/table-editor";
import { TakeTable, type Taken } from "@/features/batches/components/take-table";
import { Presenter, useOnlyPortrait, Voice } from "@/features/batches/components/who";
import { faultsIn } from "@/features/batches/faults";
import { askOf, planFrom, type Plan } from "@/features/batches/plan";
import { usePlan } from "@/features/batches/use-plan";
import { paths } from "@/paths";
import { useMe } from "@/session/me";
import { newBatch as words } from "@/text/batches";

/** From a table to many lessons: one page, from above to below. */
export function Component() {
  const me = useMe();
  return (
    <Page title={words.title} wide>
      {me ? <Import key={me.id} me={me} /> : <Waiting />}
    </Page>
  );
}

function Import({ me }: { me: UserRead }) {
  const { plan, faults, isKept, setFaults, change, name, changeTable, forget } = usePlan(me.id);
  const only = useOnlyPortrait();
  const chosen = { ...plan, portraitId: plan.portraitId ?? only };
  const make = useMakeBatch();
  const navigate = useNavigate();
  const handIn = (leaveOut: boolean) => {
    make.mutate(askOf(chosen, !leaveOut), {
      onSuccess: ({ id, items }) => {
        forget();
        toast(words.check.made(items));
        void navigate(paths.batch(id));
      },
      onError: (error) => {
        const refusal = rowsRefused(error);
        if (refusal && plan.table) setFaults(faultsIn(refusal.fields, plan.table, plan.sources));
      },
    });
  };
  return (
    <div className="flex flex-col gap-12">
      <p className="-mt-6 max-w-prose text-muted">
        {words.lead} {words.kept}
      </p>
      {!isKept && <Notice kind="warn">{words.notKept}</Notice>}
      <Step id={PLACES.table} title={words.table.title} lead={words.table.lead}>
        {plan.table ? (
          <Summary
            plan={plan}
            leave={() => {
              change({ table: null, name: "", guessed: false, sources: planFrom({}).sources });
              sayUndo(words.discarded, () => {
                change(plan);
              });
            }}
          />
        ) : (
          <TakeTable
            onTake={(taken) => {
              change(planned(taken));
            }}
          />
        )}
      </Step>
      {plan.table && (
        <Step id={PLACES.columns} title={words.columns.title} lead={words.columns.lead}>
          <Columns
            table={plan.table}
            sources={plan.sources}
            change={(sources) => {
              change({ sources });
            }}
          />
        </Step>
      )}
      <Step id={PLACES.look} title={words.look.title} lead={words.look.lead}>
        <Presenter
          value={chosen.portraitId}
          onChange={(portraitId) => {
            change({ portraitId });
          }}
        />
        <Voice
          value={plan.voiceId}
          onChange={(voiceId) => {
            change({ voiceId });
          }}
        />
        <LookFields
          look={plan.look}
          change={(look) => {
            change({ look });
          }}
        />
      </Step>
      <Step id={PLACES.check} title={words.check.title} lead={words.check.lead}>
        {plan.table && (
          <>
            <div className="max-w-md">
              <TextField
                label={words.check.name}
                hint={words.check.nameHint}
                value={plan.name}
                maxLength={200}
                onChange={name}
              />
            </div>
            <TableEditor
              table={plan.table}
              sources={plan.sources}
              faults={faults}
              change={changeTable}
            />
          </>
        )}
        <HandIn
          plan={chosen}
          faults={faults}
          error={make.error}
          pending={make.isPending ? (make.variables.atomic ? "all" : "good") : null}
          handIn={handIn}
        />
      </Step>
    </div>
  );
}

function planned({ table, name = "", guessed: hadToGuess = false }: Taken): Partial<Plan> {
  return { table, name, guessed: hadToGuess, sources: guessed(table) };
}
