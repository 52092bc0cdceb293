import timers, { type TimerOptions } from "node:timers";

/** The moment at which tests with fake time begin. */
export const testBegin = Date.UTC(2026, 10, 1, 12);

/** Makes timers, the clock and `performance.now` fake for every test of a file, beginning at {@link testBegin}. */
export function useFakeTime(): void {
  beforeEach(() => {
    jest.useFakeTimers({ now: testBegin, doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
    jest.spyOn(timers.promises, "setTimeout").mockImplementation(delay);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
}

/** Lets a promise settle in fake time: whenever nothing else is left to do, the clock jumps to the next timer. */
export async function inFakeTime<T>(work: Promise<T>): Promise<T> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  work.then(settle, settle);
  // Between two timers a promise needs some turns; one that needs more than that, or ever more timers, never settles.
  for (let [turns, idle] = [0, 0]; !state.settled && turns < 10_000 && idle < 100; turns += 1) {
    idle = jest.getTimerCount() === 0 ? idle + 1 : 0;
    await jest.advanceTimersToNextTimerAsync();
  }
  if (!state.settled) {
    throw new Error("it waits for something that never comes");
  }
  return work;
}

/** Seconds of fake time since the test began. */
export function elapsedSeconds(): number {
  return (Date.now() - testBegin) / 1000;
}

/** What `node:timers/promises` does, over the global timers, which are all that jest makes fake. */
function delay<T>(milliseconds?: number, value?: T, { signal }: TimerOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(new DOMException("The operation was aborted", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve(value as T);
    }, milliseconds);
    if (signal?.aborted === true) {
      end();
    }
    signal?.addEventListener("abort", end, { once: true });
  });
}
