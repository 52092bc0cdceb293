/**
 * How long a program has to make no component before it counts as done, in milliseconds. It sends most of its components
 * at once, and those that use outputs of others as soon as it has them.
 */
const quietMs = 500;

/** The components that one program has the plugin make in one run. */
export class RunningProgram {
  private underWay = 0;
  private quiet: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<() => void>();

  /** Whether any component is being made. */
  get isBusy(): boolean {
    return this.underWay > 0;
  }

  /** Counts a component for as long as it is made. */
  async during<T>(make: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    clearTimeout(this.quiet);
    try {
      return await make();
    } finally {
      this.underWay -= 1;
      this.releaseWhenQuiet();
    }
  }

  /** Resolves once no component is being made, and none has come for a while: for all that wait, at once. */
  async othersDone(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.waiting.add(resolve);
      this.releaseWhenQuiet();
    });
  }

  private releaseWhenQuiet(): void {
    clearTimeout(this.quiet);
    if (this.underWay > 0 || this.waiting.size === 0) {
      return;
    }
    this.quiet = setTimeout(() => {
      this.waiting.forEach((resolve) => {
        resolve();
      });
      this.waiting.clear();
    }, quietMs);
  }
}
