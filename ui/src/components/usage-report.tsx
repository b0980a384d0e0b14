import type { UsageRead } from "@/client/schema";
import { Meter } from "@/components/meter";
import { locale } from "@/text";
import { day, minutes, size } from "@/text/format";
import { usage as words } from "@/text/usage";

/** What somebody has made and has, beside what they may. */
export function UsageReport({ usage }: { usage: UsageRead }) {
  const { video_minutes: video, storage_bytes: storage, jobs } = usage;
  return (
    <div className="flex flex-col gap-8">
      <Amount
        label={words.video}
        used={video.made + video.promised}
        limit={video.limit}
        left={video.left}
        say={minutes}
        hint={words.videoHint(day(usage.since), day(usage.resets_at))}
        more={words.videoSaid(
          minutes(video.made),
          video.promised > 0 ? minutes(video.promised) : "",
        )}
      />
      <Amount label={words.storage} {...storage} say={size} hint={words.storageHint} />
      <Amount label={words.jobs} {...jobs} say={counted} hint={words.jobsHint} />
      <Days days={usage.days} />
    </div>
  );
}

function Amount({
  label,
  used,
  limit,
  left,
  say,
  hint,
  more,
}: {
  label: string;
  used: number;
  limit: number | null;
  left: number | null;
  say: (amount: number) => string;
  hint: string;
  more?: string;
}) {
  const rest = left === null ? words.unlimited : left > 0 ? words.left(say(left)) : words.none;
  return (
    <section className="flex flex-col gap-1">
      <Meter
        label={label}
        value={used}
        limit={limit}
        said={limit === null ? say(used) : words.of(say(used), say(limit))}
      />
      <p className="text-small">
        <span className={left === 0 ? "text-bad" : ""}>{rest}</span>
        {more && <span className="text-muted"> · {more}</span>}
      </p>
      <p className="text-small text-muted">{hint}</p>
    </section>
  );
}

/** A bar a day. Who cannot see it reads the table that it is. */
function Days({ days }: { days: UsageRead["days"] }) {
  const most = Math.max(...days.map((each) => each.video_minutes), 0);
  return (
    <section>
      <h3 className="font-sans font-semibold">{words.days}</h3>
      <p className="mb-3 text-small text-muted">{most > 0 ? words.daysHint : words.noDays}</p>
      {most > 0 && (
        <ul className="flex h-32 items-end gap-0.5 border-b border-control">
          {days.map((each) => (
            <li
              key={each.day}
              title={told(each)}
              className="flex h-full flex-1 flex-col justify-end"
            >
              <span className="sr-only">{told(each)}</span>
              <span
                aria-hidden
                className="rounded-t-small bg-accent"
                style={{ height: `${(each.video_minutes / most) * 100}%` }}
              />
            </li>
          ))}
        </ul>
      )}
      {most > 0 && (
        <p aria-hidden className="mt-1 flex justify-between text-small text-muted">
          <span>{dayOf(days[0])}</span>
          <span>{words.most(minutes(most))}</span>
          <span>{dayOf(days.at(-1))}</span>
        </p>
      )}
    </section>
  );
}

function dayOf(each: UsageRead["days"][number] | undefined): string {
  return each ? UTC_DAY.format(new Date(each.day)) : "";
}

function told(each: UsageRead["days"][number]): string {
  return words.dayOf(dayOf(each), minutes(each.video_minutes), words.lessonCount(each.lessons));
}

const UTC_DAY = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const counted = (count: number) => count.toLocaleString(locale);
