/** What one measurement came to. */
export interface Cost {
  /** By the clock. */
  readonly seconds: number;
  /** User and system time of all processes that took part. */
  readonly cpuSeconds: number;
}

/** The middle of some values; of an even number of them, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) {
    throw new Error("median: expected at least one value, got none");
  }
  return (lower + upper) / 2;
}

/** The median of what measurements took by the clock. */
export function medianSeconds(costs: readonly Cost[]): number {
  return median(costs.map(({ seconds }) => seconds));
}

/** The median of what measurements took of the processors. */
export function medianCpuSeconds(costs: readonly Cost[]): number {
  return median(costs.map(({ cpuSeconds }) => cpuSeconds));
}

/** How cost grows between two sizes: the x of N^x, 1 when twice as many take twice as long. */
export function growthExponent(
  small: { readonly size: number; readonly cost: number },
  large: { readonly size: number; readonly cost: number },
): number {
  return Math.log(large.cost / small.cost) / Math.log(large.size / small.size);
}

/** What each further one adds between two sizes, so that what is paid once a run does not count. */
export function costOfEach(
  small: { readonly size: number; readonly cost: number },
  large: { readonly size: number; readonly cost: number },
): number {
  return (large.cost - small.cost) / (large.size - small.size);
}
