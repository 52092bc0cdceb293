import { ConnectionError } from "./api-error";

/** What a promise brings, unless the signal aborts before. Nothing is left at the signal, which may live long. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        const abort = (): void => {
          reject(new ConnectionError("ETIMEDOUT"));
        };
        if (signal.aborted) {
          abort();
        }
        signal.addEventListener("abort", abort, { once: true, signal: done.signal });
      }),
    ]);
  } finally {
    done.abort();
  }
}
