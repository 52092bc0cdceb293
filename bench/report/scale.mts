/** Where values of a logarithmic axis are drawn. */
export interface LogScale {
  readonly place: (value: number) => number;
  /** Powers of ten, and with few of them twice and five times as many. */
  readonly ticks: readonly number[];
}

/** An axis over all values, from one place of the drawing to another. */
export function logScale(values: readonly number[], from: number, to: number): LogScale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = Math.log(most / least);
  const ticks = ticksBetween(least, most);
  return {
    place: (value) => (span === 0 ? (from + to) / 2 : from + ((to - from) * Math.log(value / least)) / span),
    ticks,
  };
}

function ticksBetween(least: number, most: number): number[] {
  const decades = Array.from(
    { length: Math.floor(Math.log10(most)) - Math.floor(Math.log10(least)) + 1 },
    (_, index) => 10 ** (Math.floor(Math.log10(least)) + index),
  );
  const steps = most / least < 1000 ? [1, 2, 5] : [1];
  return decades
    .flatMap((decade) => steps.map((step) => Number((decade * step).toPrecision(1))))
    .filter((tick) => tick >= least && tick <= most);
}

/** Moves labels apart that would lie on one another, as little as that takes; the order stays. */
export function spreadLabels(places: readonly number[], distance: number): number[] {
  const order = places.map((place, index) => ({ place, index })).toSorted((a, b) => a.place - b.place);
  const moved: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { place, index } of order) {
    last = Math.max(place, last + distance);
    moved[index] = last;
  }
  return moved;
}
