import {
  type Figures,
  type Operation,
  type Settings,
  type StackFigure,
  type Subject,
  nothingMeasured,
} from "../../../bench/figures.mts";
import type { Cost } from "../../../bench/measure/statistics.mts";

/** Measurements of so many seconds each, with half of that as CPU. */
export function costs(...seconds: readonly number[]): Cost[] {
  return seconds.map((one) => ({ seconds: one, cpuSeconds: one / 2 }));
}

/** Figures of a run that measured nothing but these. */
export function figures(measured: Partial<Figures> = {}): Figures {
  return {
    quick: false,
    machine: {
      processor: "Chip",
      cores: 2,
      gigabytes: 8,
      system: "Linux 6",
      node: "v24",
      load: 0.1,
      date: "2026-11-26",
    },
    programs: [],
    ...nothingMeasured,
    ...measured,
  };
}

/** What one operation took. */
export function stack(
  users: number,
  subject: Subject,
  settings: Settings,
  operation: Operation,
  ...seconds: readonly number[]
): StackFigure {
  return { users, subject, settings, operation, costs: costs(...seconds) };
}
