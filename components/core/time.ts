/** Milliseconds of one second, for those who count in seconds, as Kubernetes does. */
const millisecond = 1000;

/** RFC 3339 (https://www.rfc-editor.org/rfc/rfc3339#section-5.6), with the time zone that JavaScript would guess. */
const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** The moment that an RFC 3339 text names, in milliseconds since 1970, or undefined if it names none. */
export function parseTime(text: string): number | undefined {
  const day = rfc3339.exec(text);
  if (day === null) {
    return undefined;
  }
  const [year, month, date] = [Number(day[1]), Number(day[2]), Number(day[3])];
  // Date takes February 30th for March 2nd.
  const exists = new Date(Date.UTC(year, month - 1, date)).getUTCDate() === date && month >= 1 && month <= 12;
  const time = Date.parse(text);
  return exists && !Number.isNaN(time) ? time : undefined;
}

/** A moment as RFC 3339 in UTC, to the second, as certificates have it. */
export function formatTime(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / millisecond) * millisecond).toISOString().replace(".000Z", "Z");
}

/** A number of seconds as people say it: `90 minutes`, `1 day`. */
export function formatSeconds(seconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, size] = units.find(([, size]) => seconds >= size && seconds % size === 0) ?? ["second", 1];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Seconds between two moments in milliseconds, rounded down. */
export function secondsBetween(from: number, to: number): number {
  return Math.floor((to - from) / millisecond);
}

/** The moment that an RFC 3339 text names, which has been checked or comes from us. */
export function timeOf(text: string): number {
  const time = parseTime(text);
  if (time === undefined) {
    throw new RangeError(`expected an RFC 3339 time, got ${JSON.stringify(text)}`);
  }
  return time;
}

/** Whether a moment in RFC 3339 lies in the past. */
export function hasPassed(text: string): boolean {
  return timeOf(text) <= Date.now();
}
