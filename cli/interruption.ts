import { constants } from "node:os";

/** What asked this process to end, and the exit code that tells so. */
export interface Interruption {
  /** Aborts at the first interrupt. */
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells have it; undefined while nobody has interrupted. */
  readonly exitCode: () => number | undefined;
}

/** Turns Ctrl-C and its like into an abort, so that what is under way can end in order; a second one ends at once. */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (exitCode !== undefined) {
        process.exit(exitCode);
      }
      exitCode = 128 + constants.signals[signal];
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}
