import type { JobPage } from "@/client/schema";
import { text } from "@/text";

/** Lessons that hang on a file, by title, after a sentence that says how many there are. */
export function LessonTitles({ page, say }: { page: JobPage; say: (count: number) => string }) {
  const all = page.total ?? page.items.length;
  if (all === 0) return null;
  const others = all - page.items.length;
  return (
    <div>
      <p>{say(all)}</p>
      <ul className="mt-1 list-disc pl-5 text-muted">
        {page.items.map(({ id, title }) => (
          <li key={id} className="break-words">
            {title}
          </li>
        ))}
        {others > 0 && <li>{text.library.delete.others(others)}</li>}
      </ul>
    </div>
  );
}
