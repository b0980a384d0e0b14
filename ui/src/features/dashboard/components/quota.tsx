import { Meter } from "@/components/meter";
import { useUsage } from "@/features/dashboard/api/usage";
import { locale, text } from "@/text";
import { day, minutes, size } from "@/text/format";

const words = text.dashboard.quota;

interface Shown {
  name: string;
  used: number;
  limit: number | null;
  say: (amount: number) => string;
}

/** What was used, of what there is to use. Nothing until it is known: it is not what one came for. */
export function Quota() {
  const { data } = useUsage();
  if (!data) return null;
  const { video_minutes: video, storage_bytes: storage, jobs } = data;
  const rows: Shown[] = [
    { name: words.video, used: video.made + video.promised, limit: video.limit, say: minutes },
    { name: words.storage, used: storage.used, limit: storage.limit, say: size },
    {
      name: words.jobs,
      used: jobs.used,
      limit: jobs.limit,
      say: (count) => count.toLocaleString(locale),
    },
  ];
  return (
    <section>
      <h2 className="mb-4 text-title">{words.title}</h2>
      <div className="flex flex-col gap-4">
        {rows.map(({ name, used, limit, say }) => (
          <Meter
            key={name}
            label={name}
            value={used}
            limit={limit}
            said={limit === null ? say(used) : words.of(say(used), say(limit))}
          />
        ))}
      </div>
      <p className="mt-4 text-small text-muted">{words.resets(day(data.resets_at))}</p>
    </section>
  );
}
