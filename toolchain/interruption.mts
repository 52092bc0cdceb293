import { constants } from "node:os";

/** What asked this process to end, and the exit code that tells so. */
export interface Interruption {
  /** Aborts at the first interrupt. */
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells have it; undefined while nobody has interrupted. */
  readonly exitCode: number | undefined;
}

/** Turns Ctrl-C, a hang-up and a request to terminate into an abort, so that what is under way can end in order. */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      exitCode ??= 128 + constants.signals[signal];
      controller.abort(new Error(`stopped by ${signal}`));
    });
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
