import { below, peakWhile, readProcesses } from "../../../bench/measure/process-tree.mts";
import { measureCommand } from "../../../bench/measure/command.mts";

const listing = `
    1     0   900
   20     1  1000
   30    20  2000
   31    20    64
   40    30  4000
   50     1  8000
`;

describe("below", () => {
  it("finds a process's descendants at any depth, without itself and others", () => {
    const found = below(20, readProcesses(listing));
    expect(found.map(({ pid }) => pid)).toEqual([30, 40, 31]);
    expect(found.map(({ kilobytes }) => kilobytes)).toEqual([2000, 4000, 64]);
  });
});

describe("peakWhile", () => {
  it("sees the processes that a program starts", async () => {
    const { signal } = new AbortController();
    const program = ["sh", "-c", "sleep 0.5 & wait"];
    const { processes, bytes } = await peakWhile((onStart) => measureCommand(program, { signal, onStart }));
    expect(processes).toBe(2);
    expect(bytes).toBeGreaterThan(100_000);
  });
});
