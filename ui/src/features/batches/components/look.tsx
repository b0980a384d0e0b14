import { Checkbox } from "@/components/checkbox";
import { Select } from "@/components/select";
import { LABEL } from "@/components/text-field";
import type { Look } from "@/features/batches/plan";
import { text } from "@/text";

const words = text.newLesson.look;

/** How all lessons of a batch look. */
export function LookFields({ look, change }: { look: Look; change: (look: Look) => void }) {
  return (
    <div className="flex flex-col gap-5">
      <div className="grid items-end gap-x-6 gap-y-5 sm:grid-cols-2 lg:grid-cols-4">
        <Select
          label={words.aspect}
          options={words.aspects}
          value={look.aspect}
          onChange={(aspect) => {
            change({ ...look, aspect });
          }}
        />
        <Select
          label={words.resolution}
          options={words.resolutions}
          value={look.resolution}
          onChange={(resolution) => {
            change({ ...look, resolution });
          }}
        />
        <Select
          label={words.motion}
          options={words.motions}
          value={look.motion}
          onChange={(motion) => {
            change({ ...look, motion });
          }}
        />
        <label className="flex flex-col gap-1.5">
          <span className={LABEL}>{words.background}</span>
          <input
            type="color"
            value={look.background}
            onChange={({ target }) => {
              change({ ...look, background: target.value });
            }}
            className="h-11 w-20 cursor-pointer rounded border border-control bg-raised p-1 sm:h-10"
          />
        </label>
      </div>
      <Checkbox
        isSelected={look.burnIn}
        onChange={(burnIn) => {
          change({ ...look, burnIn });
        }}
      >
        {words.burnIn}
      </Checkbox>
    </div>
  );
}
