/** Prints what the demo does, one step after another, each with its time. */
export class Steps {
  private readonly began = performance.now();
  private count = 0;

  /** Runs one step under its title. */
  async step<T>(title: string, action: () => Promise<T>): Promise<T> {
    this.count += 1;
    console.log(`\n${this.count}. ${title}`);
    const began = performance.now();
    const result = await action();
    this.detail(`done in ${seconds(began)} s`);
    return result;
  }

  /** Prints a line about the step that is under way. */
  readonly detail = (line: string): void => {
    console.log(`   ${line}`);
  };

  /** Seconds since the first step. */
  get total(): string {
    return seconds(this.began);
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
