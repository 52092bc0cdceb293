/** The longest time that setTimeout can hold; waiting it out is as good as for ever. */
const longestTimeoutMs = 2 ** 31 - 1;

/** A signal that aborts when something takes longer than it may. */
export class TimeLimit {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(seconds: number) {
    this.renew(seconds);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins again. */
  renew(seconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.controller.abort();
      },
      Math.min(seconds * 1000, longestTimeoutMs),
    );
  }

  /** Ends the limit: the signal will not abort any more. */
  lift(): void {
    clearTimeout(this.timer);
  }
}
