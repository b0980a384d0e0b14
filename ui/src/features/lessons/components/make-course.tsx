import { useState } from "react";
import type { JobSummary } from "@/client/schema";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { Dialog, DialogButtons } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { HINT, TextField } from "@/components/text-field";
import { useSaveCourse } from "@/features/lessons/api/course";
import { LessonOrder } from "@/features/lessons/components/lesson-order";
import { courseLessons, type PackageName } from "@/features/lessons/course";
import { text } from "@/text";

const words = text.lessons.course;
const TITLE_LETTERS = 200;

/** Makes one package for a learning platform of the finished lessons among these. */
export function MakeCourse({ jobs }: { jobs: JobSummary[] }) {
  const [open, setOpen] = useState(false);
  const lessons = courseLessons(jobs);
  const close = () => {
    setOpen(false);
  };
  if (lessons.length < 2) return null;
  return (
    <>
      <Button
        onPress={() => {
          setOpen(true);
        }}
      >
        {words.make}
      </Button>
      <Dialog title={words.make} isOpen={open} onClose={close} firm>
        <CourseForm lessons={lessons} leftOut={jobs.length - lessons.length} close={close} />
      </Dialog>
    </>
  );
}

function CourseForm({
  lessons,
  leftOut,
  close,
}: {
  lessons: JobSummary[];
  leftOut: number;
  close: () => void;
}) {
  const [title, setTitle] = useState("");
  const [order, setOrder] = useState(lessons);
  const [format, setFormat] = useState<PackageName>("scorm12.zip");
  const [tried, setTried] = useState(false);
  const [leaving] = useState(() => new AbortController());
  const save = useSaveCourse();
  const named = title.trim();
  const submit = () => {
    setTried(true);
    const course = { title: named, lessons: order.map(({ id }) => id), format };
    if (named) save.mutate({ ...course, signal: leaving.signal }, { onSuccess: close });
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        autoFocus
        label={words.title}
        value={title}
        maxLength={TITLE_LETTERS}
        onChange={setTitle}
        error={tried && !named ? words.needTitle : undefined}
      />
      <LessonOrder order={order} setOrder={setOrder} />
      {leftOut > 0 && <p className={HINT}>{words.leftOut(leftOut)}</p>}
      <Choice
        label={words.format}
        options={words.formats}
        explain={words.explain}
        value={format}
        onChange={setFormat}
      />
      <ProblemNotice error={save.error} />
      <DialogButtons>
        <Button
          onPress={() => {
            leaving.abort();
            close();
          }}
        >
          {text.common.cancel}
        </Button>
        <Button type="submit" look="primary" pending={save.isPending && words.making}>
          {words.download}
        </Button>
      </DialogButtons>
    </form>
  );
}
