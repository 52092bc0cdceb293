import type { CommandName, Figures, Operation, Settings, StateFigure, Subject } from "../figures.mts";
import { type Cost, costOfEach, median, medianCpuSeconds } from "../measure/statistics.mts";

/** What an operation is asked of. */
export interface Wanted {
  readonly subject: Subject;
  readonly settings: Settings;
  readonly operation: Operation;
}

/** The sizes at which an operation was measured, smallest first. */
export function sizesOf({ stacks }: Figures, wanted: Wanted): number[] {
  return stacks
    .filter((figure) => matches(figure, wanted))
    .map(({ users }) => users)
    .toSorted((a, b) => a - b);
}

/** What an operation took with some users; undefined when that was not measured. */
export function costsOf({ stacks }: Figures, wanted: Wanted, users: number): readonly Cost[] | undefined {
  return stacks.find((figure) => figure.users === users && matches(figure, wanted))?.costs;
}

function matches(figure: Wanted, { subject, settings, operation }: Wanted): boolean {
  return figure.subject === subject && figure.settings === settings && figure.operation === operation;
}

/** The median CPU of a program that runs by itself. */
export function cpuOf({ commands }: Figures, name: CommandName): number | undefined {
  const costs = commands.find((figure) => figure.name === name)?.costs ?? [];
  return costs.length === 0 ? undefined : medianCpuSeconds(costs);
}

/** Bytes of the state that each user takes, without what is there once a stack. */
export function stateBytesOfUser({ shares, users }: StateFigure): number {
  return shares.filter(({ count }) => count >= users).reduce((sum, { bytes }) => sum + bytes, 0) / users;
}

/** What each user asks the API server for: what grows with the users, between the smallest and the largest stack. */
export function requestsOfUser(figures: Figures, subject: "users" | "bare"): ReadonlyMap<string, number> | undefined {
  const measured = figures.requests
    .filter((figure) => figure.subject === subject)
    .toSorted((a, b) => a.users - b.users);
  const [small, large] = [measured[0], measured.at(-1)];
  if (small === undefined || large === undefined || small === large) {
    return undefined;
  }
  const each = (what: string): number =>
    costOfEach(
      { size: small.users, cost: small.counts.get(what) ?? 0 },
      { size: large.users, cost: large.counts.get(what) ?? 0 },
    );
  return new Map([...large.counts.keys()].toSorted().map((what) => [what, each(what)]));
}

/** Certificates a second, from the first request to the last certificate. */
export function issuingRate({ issuing }: Figures, subject: Subject, settings: Settings, users: number) {
  const spans = issuing.find(
    (figure) => figure.subject === subject && figure.settings === settings && figure.users === users,
  )?.spans;
  return spans === undefined || spans.length === 0
    ? undefined
    : median(spans.map(({ issued, seconds }) => issued / seconds));
}
