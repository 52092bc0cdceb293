import { createInterface } from "node:readline";
import { type Session } from "../session";

/** Asks on the terminal. Ctrl-C interrupts the run, Ctrl-D answers every question that is left with nothing. */
export class Questions implements Disposable {
  private readonly session: Session;
  private readonly lines: AsyncIterator<string>;
  private readonly close: () => void;

  constructor(session: Session) {
    // Not as a terminal: the terminal itself then edits the line, and Ctrl-C stays a signal.
    const reader = createInterface({ input: process.stdin, terminal: false });
    this.session = session;
    this.lines = reader[Symbol.asyncIterator]();
    this.close = () => {
      reader.close();
    };
    session.signal.addEventListener("abort", this.close);
  }

  /** One of the choices, named by its first letter or in full; undefined when there will be no answer. */
  async ask<Choice extends string>(question: string, choices: readonly Choice[]): Promise<Choice | undefined> {
    const offered = choices.map((choice) => `[${choice.slice(0, 1)}]${choice.slice(1)}`).join(", ");
    for (;;) {
      this.session.question(`${question} ${offered}: `);
      const line = await this.lines.next();
      this.session.throwIfInterrupted();
      if (line.done === true) {
        this.session.report("");
        return undefined;
      }
      const answer = line.value.trim().toLowerCase();
      const chosen = choices.find((choice) => choice === answer || choice.slice(0, 1) === answer);
      if (chosen !== undefined) {
        return chosen;
      }
    }
  }

  [Symbol.dispose](): void {
    this.session.signal.removeEventListener("abort", this.close);
    this.close();
    // An open standard input would keep the process alive.
    process.stdin.unref();
  }
}
