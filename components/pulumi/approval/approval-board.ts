import { type ApprovalAnnouncement } from "../../cluster/issuance/approval-announcement";
import { noteText } from "./approval-note";
import { type LiveTerminal } from "./live-terminal";

/** How often the time left is renewed. */
const renewalMs = 2000;

/** Keeps the commands that requests wait for in view on a terminal, below the engine's live display. */
export class ApprovalBoard {
  private readonly open: () => Promise<LiveTerminal | undefined>;
  private readonly pinned = new Set<ApprovalAnnouncement>();
  private terminal: LiveTerminal | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** What is done to the terminal, one after the other. */
  private work: Promise<void> = Promise.resolve();

  constructor(open: () => Promise<LiveTerminal | undefined>) {
    this.open = open;
  }

  /** Shows an announcement's command until the returned function is called, whose promise never rejects. */
  pin(announcement: ApprovalAnnouncement): () => Promise<void> {
    this.pinned.add(announcement);
    this.timer ??= setInterval(() => void this.draw(), renewalMs);
    void this.draw();
    return () => {
      this.pinned.delete(announcement);
      if (this.pinned.size === 0) {
        this.stopRenewing();
      }
      return this.draw();
    };
  }

  private stopRenewing(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private draw(): Promise<void> {
    this.work = this.work.then(() => this.redraw()).catch(() => undefined);
    return this.work;
  }

  private async redraw(): Promise<void> {
    if (this.pinned.size === 0) {
      const { terminal } = this;
      this.terminal = undefined;
      await terminal?.close();
      return;
    }
    this.terminal ??= await this.open();
    if (this.terminal === undefined) {
      this.stopRenewing();
      return;
    }
    const size = await this.terminal.size();
    const note = size === undefined ? undefined : noteText([...this.pinned], Date.now(), size);
    if (note !== undefined) {
      await this.terminal.write(note);
    }
  }
}
