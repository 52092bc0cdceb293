import { performance } from "node:perf_hooks";

/** How long something may go on. */
export class TimeBudget {
  private readonly end: number;

  constructor(seconds: number) {
    this.end = performance.now() + seconds * 1000;
  }

  get isSpent(): boolean {
    return performance.now() > this.end;
  }
}

/**
 * Does something for each item, several times over. Each round begins with another item, so that none always runs first
 * or after the same one, and what disturbs the machine for a while disturbs all of them. The first round is always
 * complete; no further one begins when the time is over.
 *
 * @param earlierRounds how often this was done before with the same items
 */
export async function interleaved<Item>(
  items: readonly Item[],
  rounds: number,
  budget: TimeBudget,
  action: (item: Item) => Promise<void>,
  earlierRounds = 0,
): Promise<void> {
  for (let round = 0; round < rounds && (round === 0 || !budget.isSpent); round += 1) {
    const first = (earlierRounds + round) % Math.max(items.length, 1);
    for (const item of [...items.slice(first), ...items.slice(0, first)]) {
      await action(item);
    }
  }
}

/** Values that are collected under names. */
export class Samples<Value> {
  private readonly byName = new Map<string, Value[]>();

  add(name: string, value: Value): void {
    const values = this.byName.get(name);
    if (values === undefined) {
      this.byName.set(name, [value]);
    } else {
      values.push(value);
    }
  }

  /** What was added under a name. */
  of(name: string): readonly Value[] {
    return this.byName.get(name) ?? [];
  }
}
