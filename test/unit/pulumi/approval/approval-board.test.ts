import {
  type ApprovalAnnouncement,
  interruptionHint,
} from "../../../../components/cluster/issuance/approval-announcement";
import { ApprovalBoard } from "../../../../components/pulumi/approval/approval-board";
import { type LiveTerminal, type TerminalSize } from "../../../../components/pulumi/approval/live-terminal";
import { testBegin, useFakeTime } from "../../support/fake-time";

useFakeTime();

function announcement(name: string, seconds = 300): ApprovalAnnouncement {
  const command = `kubernetes-user approve ${name} --context prod`;
  return { lines: [command], command, waitsUntil: testBegin + seconds * 1000 };
}

/** A terminal that remembers what was written, and on which nothing is drawn live once its size is undefined. */
class FakeTerminal implements LiveTerminal {
  readonly written: string[] = [];
  closed = 0;
  current: TerminalSize | undefined = { columns: 80, rows: 24 };

  size(): Promise<TerminalSize | undefined> {
    return Promise.resolve(this.current);
  }

  write(text: string): Promise<void> {
    this.written.push(text);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

describe("ApprovalBoard", () => {
  it("shows the command at once and renews the time left every two seconds, until it is withdrawn", async () => {
    const terminal = new FakeTerminal();
    const withdraw = new ApprovalBoard(() => Promise.resolve(terminal)).pin(announcement("jane"));
    await jest.advanceTimersByTimeAsync(0);
    expect(terminal.written).toHaveLength(1);
    expect(terminal.written[0]).toContain("kubernetes-user approve jane --context prod  # 5:00 left");
    expect(terminal.written[0]).toContain(interruptionHint);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(terminal.written).toHaveLength(6);
    expect(terminal.written[5]).toContain("# 4:50 left");
    expect(terminal.closed).toBe(0);
    await withdraw();
    expect(terminal.closed).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
    await withdraw();
    expect(terminal).toMatchObject({ closed: 1, written: { length: 6 } });
  });

  it("shows those that still wait, on one terminal", async () => {
    const terminal = new FakeTerminal();
    const open = jest.fn(() => Promise.resolve(terminal));
    const board = new ApprovalBoard(open);
    const first = board.pin(announcement("jane"));
    const second = board.pin(announcement("joe"));
    await jest.advanceTimersByTimeAsync(0);
    expect(terminal.written.at(-1)).toMatch(/approve jane .*approve joe /s);
    await first();
    expect(terminal.written.at(-1)).not.toContain("jane");
    expect(terminal.written.at(-1)).toContain("joe");
    await second();
    expect(open).toHaveBeenCalledTimes(1);
    expect(terminal.closed).toBe(1);
  });

  it("begins anew after it was empty", async () => {
    const terminals = [new FakeTerminal(), new FakeTerminal()];
    let opened = 0;
    const board = new ApprovalBoard(() => Promise.resolve(terminals[opened++]));
    const first = board.pin(announcement("jane"));
    await jest.advanceTimersByTimeAsync(0);
    await first();
    const withdraw = board.pin(announcement("joe"));
    await jest.advanceTimersByTimeAsync(0);
    expect(terminals[1]?.written).toHaveLength(1);
    await withdraw();
    expect(terminals.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  it("does nothing, and looks no more, where there is no terminal", async () => {
    const open = jest.fn(() => Promise.resolve(undefined));
    const withdraw = new ApprovalBoard(open).pin(announcement("jane"));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(open).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
    await withdraw();
  });

  it("writes nothing on a terminal that shows no live display", async () => {
    const terminal = new FakeTerminal();
    terminal.current = undefined;
    const withdraw = new ApprovalBoard(() => Promise.resolve(terminal)).pin(announcement("jane"));
    await jest.advanceTimersByTimeAsync(60_000);
    await withdraw();
    expect(terminal).toMatchObject({ written: [], closed: 1 });
  });

  it("lets no trouble with the terminal disturb the run", async () => {
    const terminal = new FakeTerminal();
    jest.spyOn(terminal, "write").mockRejectedValue(new Error("EIO"));
    jest.spyOn(terminal, "close").mockRejectedValue(new Error("EIO"));
    const withdraw = new ApprovalBoard(() => Promise.resolve(terminal)).pin(announcement("jane"));
    await jest.advanceTimersByTimeAsync(4000);
    await expect(withdraw()).resolves.toBeUndefined();
  });
});
