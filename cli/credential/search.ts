import { setTimeout as delay } from "node:timers/promises";
import { withoutCode } from "../../components/core/errors";
import { withoutStop } from "../../components/core/text/sentence";

/** Everything together takes this long at most: kubectl waits for it. */
export const longestSearchMs = 5000;

/** What is said of a source that was still silent when the search ended. */
export const tooSlow = `it did not answer within ${longestSearchMs / 1000} seconds in all`;

/** After this long without an answer, the next source is asked beside the one that is silent. */
const patienceMs = 1500;

/** Asks one after the other, and the next one also when one keeps silent. The first that has found something counts. */
export async function firstFound<Found>(
  tasks: readonly (() => Promise<Found | undefined>)[],
  signal: AbortSignal,
): Promise<Found | undefined> {
  const running = new Set<Promise<Found | undefined>>();
  let found: Found | undefined;
  for (const task of tasks) {
    const run = task().then((result) => {
      found ??= result;
      running.delete(run);
      return result;
    });
    running.add(run);
    await orPatience(run, signal);
    if (found !== undefined) {
      return found;
    }
  }
  // A file on a server that is away cannot be given up: it is not waited for.
  const over = new Promise<undefined>((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        resolve(undefined);
      },
      { once: true },
    );
    if (signal.aborted) {
      resolve(undefined);
    }
  });
  while (running.size > 0 && found === undefined && !signal.aborted) {
    await Promise.race([...running, over]);
  }
  return found;
}

async function orPatience(run: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const answered = new AbortController();
  try {
    const patience = delay(patienceMs, undefined, { signal: AbortSignal.any([signal, answered.signal]) });
    await Promise.race([run, patience.catch(() => undefined)]);
  } finally {
    answered.abort();
  }
}

/** What went wrong with a source, as part of a sentence. */
export function reasonOf(error: unknown, limit: AbortSignal): string {
  if (limit.aborted) {
    return tooSlow;
  }
  return error instanceof Error ? withoutStop(withoutCode(error.message)) : "it failed";
}
