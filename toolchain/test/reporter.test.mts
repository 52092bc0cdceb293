import { jest } from "@jest/globals";

import { createReporter, formatBytes, formatElapsed } from "../reporter.mts";

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe("progress", () => {
  test("is a line after 2 seconds and then every 15, where there is no terminal", () => {
    const lines: string[] = [];
    const task = createReporter((line) => lines.push(line)).task("etcd 3.6.8: building");
    jest.advanceTimersByTime(1_900);
    expect(lines).toEqual([]);
    jest.advanceTimersByTime(200);
    task.progress("etcd");
    jest.advanceTimersByTime(15_000);
    task.end();
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual(["etcd 3.6.8: building, 2 s …", "etcd 3.6.8: building, etcd, 17 s …"]);
  });

  test("is one rewritten line for all tasks on a terminal, gone at the end", () => {
    const lines: string[] = [];
    const written: string[] = [];
    const terminal = { columns: 30, write: (text: string) => written.push(text) };
    const reporter = createReporter((line) => lines.push(line), terminal);
    const tasks = [reporter.task("first"), reporter.task("second is a long one")];
    jest.advanceTimersByTime(200);
    expect(written.at(-1)).toBe("\r\u001b[Kfirst, 0 s, second is a long ");
    reporter.line("done");
    expect(lines).toEqual(["done"]);
    for (const task of tasks) task.end();
    expect(written.at(-1)).toBe("\r\u001b[K");
  });
});

test("amounts are told in words", () => {
  expect([formatElapsed(12_400), formatElapsed(185_000)]).toEqual(["12 s", "3 min 05 s"]);
  expect([formatBytes(34_000_000, 98_000_000), formatBytes(500_000)]).toEqual(["34 of 98 MB (34 %)", "0.5 MB"]);
});
