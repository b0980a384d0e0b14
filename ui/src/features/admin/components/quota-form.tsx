import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/client/keys";
import type { UserState } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextField } from "@/components/text-field";
import { toast } from "@/components/toast-queue";
import { useChangeUser } from "@/features/admin/api/users";
import {
  choicesFrom,
  KINDS,
  quotasOf,
  wrongWith,
  type Choice,
  type Kind,
} from "@/features/admin/quotas";
import { admin } from "@/text/admin";

const words = admin.user;

/** The limits of one person: as usual, none, or ones of their own. */
export function QuotaForm({ user }: { user: UserState }) {
  const queries = useQueryClient();
  const change = useChangeUser(user.id);
  const [choices, setChoices] = useState(() => choicesFrom(user.quotas));
  const [tried, setTried] = useState(false);
  const save = () => {
    setTried(true);
    if (KINDS.some((kind) => wrongWith(kind, choices[kind]) !== null)) return;
    change.mutate(
      { quotas: quotasOf(choices) },
      {
        onSuccess: () => {
          toast(words.quotasSaved);
          void queries.invalidateQueries({ queryKey: [...keys.user(user.id), "usage"] });
        },
      },
    );
  };
  return (
    <form
      noValidate
      className="flex w-full flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {KINDS.map((kind) => (
        <QuotaField
          key={kind}
          kind={kind}
          choice={choices[kind]}
          error={(tried && wrongWith(kind, choices[kind])) || undefined}
          change={(choice) => {
            setChoices({ ...choices, [kind]: choice });
          }}
        />
      ))}
      <ProblemNotice error={change.error} />
      <Button type="submit" className="self-start" pending={change.isPending && words.saveQuotas}>
        {words.saveQuotas}
      </Button>
    </form>
  );
}

function QuotaField({
  kind,
  choice,
  error,
  change,
}: {
  kind: Kind;
  choice: Choice;
  error: string | undefined;
  change: (choice: Choice) => void;
}) {
  return (
    <div
      role="group"
      aria-label={words.kinds[kind]}
      className="grid items-start gap-4 sm:grid-cols-[18rem_12rem]"
    >
      <Select
        label={words.kinds[kind]}
        options={words.modes}
        value={choice.mode}
        onChange={(mode) => {
          change({ ...choice, mode });
        }}
      />
      {choice.mode === "own" && (
        <TextField
          label={words.limit}
          inputMode="decimal"
          value={choice.typed}
          error={error}
          onChange={(typed) => {
            change({ ...choice, typed });
          }}
        />
      )}
    </div>
  );
}
