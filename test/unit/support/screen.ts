import { Terminal } from "@xterm/headless";

/** A terminal's screen, for tests to read what people would see. */
export class Screen {
  private readonly terminal: Terminal;

  constructor(columns: number, rows: number) {
    this.terminal = new Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
  }

  /** Shows what a program printed; resolves once it is on the screen. */
  write(output: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.terminal.write(output, resolve);
    });
  }

  /** The rows that are in view, without blanks at their ends. */
  get rows(): string[] {
    const { active } = this.terminal.buffer;
    return this.lines(active.baseY, active.baseY + this.terminal.rows);
  }

  /** What has left the screen at its top. */
  get history(): string[] {
    return this.lines(0, this.terminal.buffer.active.baseY);
  }

  /** Where the cursor is, counted from 0. */
  get cursor(): { readonly column: number; readonly row: number } {
    const { cursorX, cursorY } = this.terminal.buffer.active;
    return { column: cursorX, row: cursorY };
  }

  private lines(from: number, to: number): string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: to - from }, (_, index) => active.getLine(from + index)?.translateToString(true) ?? "");
  }
}
