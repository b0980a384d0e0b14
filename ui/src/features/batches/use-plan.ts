import { useRef, useState } from "react";
import { begunPlan, forgetPlan, keepPlan } from "@/features/batches/kept";
import { NO_FAULTS, type Faults } from "@/features/batches/faults";
import { planFrom, type Plan } from "@/features/batches/plan";
import type { Table } from "@/features/batches/table";

/** A batch that is being put together, kept in this browser; and what the API found wrong with it. */
export function usePlan(userId: string) {
  const [plan, setPlan] = useState(() => begunPlan(userId));
  /** For what comes later, as an undo: what was changed meanwhile stays. */
  const latest = useRef(plan);
  const [faults, setFaults] = useState<Faults>(NO_FAULTS);
  const [isKept, setKept] = useState(true);

  const set = (next: Plan) => {
    latest.current = next;
    setPlan(next);
    setKept(keepPlan(userId, next));
  };
  return {
    plan,
    faults,
    isKept,
    setFaults,
    change: (part: Partial<Plan>) => {
      // what was wrong may be so no more
      setFaults(NO_FAULTS);
      set({ ...latest.current, ...part });
    },
    name: (name: string) => {
      set({ ...latest.current, name });
    },
    /** Of one row only what was wrong with that is forgotten. */
    changeTable: (change: (table: Table) => Table, touched?: string) => {
      setFaults((known) => without(known, touched));
      const now = latest.current;
      if (now.table) set({ ...now, table: change(now.table) });
    },
    forget: () => {
      set(planFrom({}));
      forgetPlan(userId);
      setFaults(NO_FAULTS);
    },
  };
}

function without(faults: Faults, key: string | undefined): Faults {
  if (key === undefined || !(key in faults.rows)) return faults;
  return { ...faults, rows: { ...faults.rows, [key]: [] } };
}
