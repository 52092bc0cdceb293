import { type Cost, medianCpuSeconds, median } from "../measure/statistics.mts";

/** A number with three digits that mean something. */
export function rounded(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** The median and, of several values, the smallest and the largest. */
export function spreadOf(values: readonly number[], format: (value: number) => string = rounded): string {
  const middle = format(median(values));
  return values.length === 1 ? middle : `${middle} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}

/** Seconds by the clock, and the median of those of the processors. */
export function costText(costs: readonly Cost[]): string {
  return `${spreadOf(costs.map(({ seconds }) => seconds))}, CPU ${rounded(medianCpuSeconds(costs))}`;
}

/** Thousands of bytes. */
export function kilobytes(bytes: number): string {
  return `${rounded(bytes / 1000)} KB`;
}

/** Thousandths of a second. */
export function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(0);
}
