import { locale, text } from "@/text/index";

/** Between facts in one line: a line that is broken there ends with it. */
export const DOT = "\u00a0· ";

const RELATIVE = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const DAY = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** “just now”, “3 minutes ago”, “tomorrow”. `time` is RFC 3339. */
export function relative(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  if (step) return RELATIVE.format(Math.trunc(seconds / step[1]), step[0]);
  return seconds > 0 ? RELATIVE.format(0, "second") : text.common.justNow;
}

/** “November 22, 2026”, in the user's zone. */
export function day(time: string): string {
  return DAY.format(new Date(time));
}

const MOMENT = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });

/** “Nov 22, 2026, 7:05:33 PM”, in the user's zone. */
export function moment(time: string): string {
  return MOMENT.format(new Date(time));
}

/** How people say a length: “40 seconds”, “2 min 5 s”. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return whole === 1 ? "1 second" : `${whole} seconds`;
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
}

/** How long something will still take: never more exact than is known. */
export function timeLeft(seconds: number): string {
  return `${roughly(seconds)} left`;
}

/** “a few seconds”, “about 40 seconds”, “about 3 minutes”: what is estimated. */
export function roughly(seconds: number): string {
  if (seconds < 8) return "a few seconds";
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes <= 1 ? "about a minute" : `about ${minutes} minutes`;
  return `about ${Math.round(minutes / 60)} h`;
}

/** “12 minutes”, “1.5 minutes”; less than one in seconds. */
export function minutes(count: number): string {
  if (count > 0 && count < 1) return duration(count * 60);
  const shown = count.toLocaleString(locale, { maximumFractionDigits: count < 10 ? 1 : 0 });
  return shown === "1" ? "1 minute" : `${shown} minutes`;
}

/** “1.4 MB”. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toLocaleString(locale, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${units[power] ?? ""}`;
}

/** “See lessons; upload slides”: what else begins a line of its own, in one. */
export function listed(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  return [first, ...rest.map((name) => name.charAt(0).toLowerCase() + name.slice(1))].join("; ");
}

const SHARE = new Intl.NumberFormat(locale, { style: "percent" });

/** “40%”, of a share 0..1. */
export function percent(share: number): string {
  return SHARE.format(share);
}
