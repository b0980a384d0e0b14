import { Plus } from "lucide-react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { TextField } from "@/components/text-field";
import { BeginScript } from "@/features/new-lesson/components/begin-script";
import { SceneCard } from "@/features/new-lesson/components/scene-card";
import { StepSection } from "@/features/new-lesson/components/section";
import { sayUndo } from "@/components/say-undo";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { PlannedScene } from "@/features/new-lesson/plan";
import { newScene, roughSeconds } from "@/features/new-lesson/scenes";
import { usePlan } from "@/features/new-lesson/use-plan";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.newLesson.script;

export function ScriptStep({ keeper }: { keeper: Keeper }) {
  const { plan, change } = usePlan(keeper);
  return (
    <StepSection title={words.title}>
      <TextField
        label={words.name}
        value={plan.title}
        maxLength={200}
        onChange={(title) => {
          change({ title });
        }}
      />
      <BeginScript keeper={keeper} />
      <section className="flex flex-col gap-4">
        <header className="flex flex-wrap items-baseline justify-between gap-2">
          <h3 className="text-title">{words.scenes}</h3>
          {plan.scenes.length > 0 && (
            <p className="text-small text-muted">{words.whole(lengthOf(plan.scenes))}</p>
          )}
        </header>
        {plan.draftLabel !== null && plan.scenes.length > 0 && (
          <Notice kind="warn">{plan.draftLabel}</Notice>
        )}
        <Scenes keeper={keeper} scenes={plan.scenes} />
        <Button
          className="self-start"
          onPress={() => {
            change({ scenes: [...plan.scenes, newScene()] });
          }}
        >
          <Plus aria-hidden className="size-4" />
          {words.add}
        </Button>
      </section>
    </StepSection>
  );
}

function Scenes({ keeper, scenes }: { keeper: Keeper; scenes: PlannedScene[] }) {
  if (scenes.length === 0) return <p className="text-muted">{words.none}</p>;
  const change = (next: (scenes: PlannedScene[]) => PlannedScene[]) => {
    keeper.change({ scenes: next(keeper.snapshot().plan.scenes) });
  };
  return (
    <ol className="flex flex-col gap-6">
      {scenes.map((scene, at) => (
        <SceneCard
          key={scene.key}
          scene={scene}
          at={at}
          scenes={scenes}
          change={change}
          remove={() => {
            change((now) => now.filter(({ key }) => key !== scene.key));
            sayUndo(words.removed(at + 1), () => {
              change((now) => [...now.slice(0, at), scene, ...now.slice(at)]);
            });
          }}
        />
      ))}
    </ol>
  );
}

function lengthOf(scenes: readonly PlannedScene[]): string {
  return duration(scenes.reduce((sum, { narration }) => sum + roughSeconds(narration), 0));
}
