import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import { type CommandContext } from "../command-context";

/** Where answers are typed. */
type Keyboard = NodeJS.ReadableStream & { unref?: () => void };

/** Asks on the terminal. Ctrl-C interrupts the run, Ctrl-D answers every question that is left with nothing. */
export class Questions implements Disposable {
  private readonly run: CommandContext;
  private readonly keyboard: Keyboard;
  /** Lines that were typed and not yet read. */
  private readonly lines: string[] = [];
  private ended = false;
  /** Tells who waits that there is a line, or that there will be none. */
  private wake = (): void => undefined;
  private readonly close: () => void;

  constructor(run: CommandContext, keyboard: Keyboard = process.stdin) {
    // Not as a terminal: the terminal itself then edits the line, and Ctrl-C stays a signal.
    const reader = createInterface({ input: keyboard, terminal: false });
    this.run = run;
    this.keyboard = keyboard;
    reader.on("line", (line) => {
      this.lines.push(line);
      this.wake();
    });
    reader.on("close", () => {
      this.ended = true;
      this.wake();
    });
    this.close = () => {
      reader.close();
    };
    run.signal.addEventListener("abort", this.close);
  }

  /** One of the choices, named by its first letter or in full; undefined when there will be no answer. */
  async ask<Choice extends string>(question: string, choices: readonly Choice[]): Promise<Choice | undefined> {
    const offered = choices.map((choice) => `[${choice.slice(0, 1)}]${choice.slice(1)}`).join(", ");
    await this.dropEarlierLines();
    for (;;) {
      this.run.question(`${question} ${offered}: `);
      const line = await this.nextLine();
      if (line === undefined) {
        // What comes now does not go on in the question's line.
        this.run.report("");
      }
      this.run.throwIfInterrupted();
      if (line === undefined) {
        return undefined;
      }
      const answer = line.trim().toLowerCase();
      const chosen = choices.find((choice) => choice === answer || choice.slice(0, 1) === answer);
      if (chosen !== undefined) {
        return chosen;
      }
    }
  }

  /** Nobody can have meant a question that was not shown yet, so what was typed before it is no answer. */
  private async dropEarlierLines(): Promise<void> {
    do {
      this.lines.length = 0;
      // A terminal gives one line in each turn of the event loop. Only the second of these has a whole turn before it.
      await setImmediate();
      await setImmediate();
    } while (this.lines.length > 0);
  }

  private async nextLine(): Promise<string | undefined> {
    while (this.lines.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.lines.shift();
  }

  [Symbol.dispose](): void {
    this.run.signal.removeEventListener("abort", this.close);
    this.close();
    // An open standard input would keep the process alive.
    this.keyboard.unref?.();
  }
}
