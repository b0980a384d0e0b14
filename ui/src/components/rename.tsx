import { Pencil } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { TextField } from "@/components/text-field";
import { text } from "@/text";

const LONGEST = 200;

/** A change of a name, as a mutation of TanStack Query is one. */
export interface Renaming {
  mutate: (name: string, then?: { onSuccess?: () => void }) => void;
  reset: () => void;
  isPending: boolean;
  error: unknown;
}

/** The heading of a page, which can be renamed where it stands. */
export function RenamedHeading({
  name,
  action,
  label,
  renaming,
}: {
  name: string;
  /** What the pencil is called. */
  action: string;
  label: string;
  renaming: Renaming;
}) {
  const [open, setOpen] = useState(false);
  const [wasOpen, setWasOpen] = useState(false);
  if (open)
    return (
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="sr-only">{name}</h1>
        <RenameForm
          name={name}
          label={label}
          renaming={renaming}
          onDone={() => {
            setOpen(false);
            setWasOpen(true);
          }}
        />
      </div>
    );
  return (
    <div className="flex min-w-0 items-start gap-1">
      <h1 className="min-w-0 text-heading text-pretty">{name}</h1>
      <IconButton
        label={action}
        className="-mt-0.5 shrink-0"
        // whoever comes back from the field goes on from here
        autoFocus={wasOpen}
        onPress={() => {
          setOpen(true);
        }}
      >
        <Pencil aria-hidden className="size-4" />
      </IconButton>
    </div>
  );
}

/** The name in a field. Enter saves it, Escape leaves it as it was. */
export function RenameForm({
  name,
  label,
  renaming,
  onDone,
}: {
  name: string;
  label: string;
  renaming: Renaming;
  onDone: () => void;
}) {
  const [typed, setTyped] = useState(name);
  const leave = () => {
    renaming.reset();
    onDone();
  };
  const save = () => {
    const wanted = typed.trim();
    if (wanted === name) leave();
    else if (wanted) renaming.mutate(wanted, { onSuccess: onDone });
  };
  return (
    <form
      className="flex w-full max-w-2xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={({ key }) => {
        if (key === "Escape") leave();
      }}
    >
      <TextField
        label={label}
        value={typed}
        onChange={setTyped}
        maxLength={LONGEST}
        // the field is what was asked for
        autoFocus
        error={typed.trim() ? undefined : text.common.required}
      />
      <ProblemNotice error={renaming.error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" pending={renaming.isPending && text.common.save}>
          {text.common.save}
        </Button>
        <Button onPress={leave}>{text.common.cancel}</Button>
      </div>
    </form>
  );
}
