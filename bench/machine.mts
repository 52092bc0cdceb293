import { cpus, loadavg, release, totalmem, type as systemName } from "node:os";

/** What figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly gigabytes: number;
  readonly system: string;
  readonly node: string;
  /** How many processes wanted to run in the minute before. */
  readonly load: number;
  /** RFC 3339, without the time of day. */
  readonly date: string;
}

/** The machine that this runs on. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown processor",
    cores: processors.length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()}`,
    node: process.version,
    load: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
  };
}
