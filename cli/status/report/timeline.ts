import { timeOf } from "../../../components/core/time";

/** When something is valid, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A point of the time axis. */
export interface Tick {
  /** Percent of the axis' length. */
  readonly at: number;
  readonly label: string;
}

/** A time axis that all bars of a table share. It is linear. */
export interface Timeline extends Span {
  readonly ticks: readonly Tick[];
  /** Whether something reaches beyond it. */
  readonly isCut: boolean;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How far ticks are apart where that is less than a month, in milliseconds. */
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14].map((count) => count * day),
];

/** And where it is more, in months. */
const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24_000];

/** The axis is at most this many times as long as a short lifetime, which stays visible beside much longer ones. */
const longest = 24;

/** So many labels have room, on a narrow screen as well. */
const mostTicks = 6;

/** Labels nearer to an end, in percent, would be cut. */
const margin = 6;

/** The axis for what is valid at certain times; around now when nothing is. */
export function timelineOf(spans: readonly Span[], now: number): Timeline {
  const [earliest, latest] = spans.reduce(
    ([from, to], span) => [Math.min(from, span.from), Math.max(to, span.to)],
    [now, now + hour],
  );
  const lengths = spans.map(({ from, to }) => to - from).sort((one, other) => one - other);
  const short = Math.max(lengths[Math.floor(lengths.length / 10)] ?? 0, minute);
  const margins = (latest - earliest) * 0.02;
  const whole = latest - earliest + 2 * margins;
  const length = Math.min(whole, longest * short);
  // Of an axis that is cut, most is for what is to come.
  const from = Math.max(earliest - margins, length < whole ? now - length / 3 : -Infinity);
  const to = from + length;
  return { from, to, ticks: ticksOf(from, to), isCut: earliest < from || latest > to };
}

/** Where a moment is on the axis, in percent, or at the end beyond which it is. */
export function placeOn({ from, to }: Span, time: number): number {
  return Math.min(100, Math.max(0, ((time - from) / (to - from)) * 100));
}

/** The span of a certificate; undefined where there is none, or it is not known since when it is valid. */
export function spanOf(notBefore: string | undefined, notAfter: string | undefined, now: number): Span | undefined {
  if (notAfter === undefined) {
    return undefined;
  }
  const to = timeOf(notAfter);
  // Of a certificate that was replaced, the state keeps the end alone: it is valid by now.
  const from = notBefore === undefined ? Math.min(now, to) : timeOf(notBefore);
  return from <= to ? { from, to } : undefined;
}

function ticksOf(from: number, to: number): Tick[] {
  const step = steps.find((step) => (to - from) / step <= mostTicks);
  const points = step === undefined ? monthsWithin(from, to) : multiplesWithin(from, to, step).map(pointAt);
  return points
    .map(({ time, label }) => ({ at: placeOn({ from, to }, time), label }))
    .filter(({ at }) => at >= margin && at <= 100 - margin);
}

interface Point {
  readonly time: number;
  readonly label: string;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day by its date, and a moment of a day by its time. */
function pointAt(time: number): Point {
  const date = new Date(time);
  const dayText = `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ""}`;
  return { time, label: time % day === 0 ? dayText : date.toISOString().slice(-13, -8) };
}

/** The first days of months, or of years, that are as many months apart as there is room for. */
function monthsWithin(from: number, to: number): Point[] {
  const monthOf = (time: number): number => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();
  const [first, last] = [monthOf(from), monthOf(to)];
  const step = monthSteps.find((step) => (last - first) / step <= mostTicks) ?? last - first;
  return multiplesWithin(first, last, step).map((month) => {
    const year = Math.floor(month / 12);
    return {
      // Date.UTC takes the years of the first century for those of the twentieth.
      time: new Date(0).setUTCFullYear(year, month - year * 12, 1),
      label: step >= 12 ? String(year) : `${months[month - year * 12] ?? ""} ${year}`,
    };
  });
}

function multiplesWithin(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
}
