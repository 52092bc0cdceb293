import childProcess from "node:child_process";
import { once } from "node:events";
import { killTree } from "../../../../components/cluster/credentials/process-tree";
import { Lifelines } from "../../support/plugin-programs";

let lines: Lifelines;

beforeEach(async () => {
  lines = await Lifelines.open();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await lines[Symbol.asyncDispose]();
});

/** Code that starts a program of that code, and then does something else. */
const starting = (code: string, then: string): string =>
  `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(code)}], { stdio: "ignore" }); ${then}`;

/** Starts a program; resolves once so many processes of it are there. */
async function start(code: string, count: number, detached: boolean) {
  const child = childProcess.spawn(process.execPath, ["-e", code], { stdio: "ignore", detached });
  return { child, exited: once(child, "exit"), gone: await lines.next(count) };
}

/** Whether a process has gone by the time that what was sent to it has arrived. */
const isGone = (gone: Promise<unknown>): Promise<boolean> =>
  Promise.race([gone.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);

describe("killTree", () => {
  it("ends a process with all that it has started and that they have started, and nobody else", async () => {
    const other = await start(lines.hang, 1, false);
    const tree = await start(starting(starting(lines.hang, lines.hang), lines.hang), 3, false);
    killTree(tree.child, false);
    await Promise.all(tree.gone);
    expect(await tree.exited).toEqual([null, "SIGKILL"]);
    expect(await Promise.all(other.gone.map(isGone))).toEqual([false]);
    killTree(other.child, false);
    await Promise.all([...other.gone, other.exited]);
  });

  it("ends nobody whom a process has not started, among all that ps lists", () => {
    const listing =
      "    1     0\n    2     0\n   70     1\n  700    70\n 4711    70\n  800  4711\n 4800   801\n  801   800\n   47     1\n";
    const answer = { pid: 0, output: [], stdout: listing, stderr: "", status: 0, signal: null };
    jest.spyOn(childProcess, "spawnSync").mockReturnValue(answer);
    const kill = jest.spyOn(process, "kill").mockReturnValue(true);
    killTree({ pid: 4711 }, false, "linux");
    expect(kill.mock.calls.map(([pid]) => pid).sort()).toEqual([4711, 4800, 800, 801]);
    kill.mockClear();
    killTree({ pid: 4711 }, true, "linux");
    expect(kill.mock.calls).toEqual([[-4711, "SIGKILL"]]);
  });

  it("ends also those of a group whose parents have gone", async () => {
    const orphaned = await start(starting(starting(lines.hang, "process.exit()"), lines.hang), 2, true);
    killTree(orphaned.child, true);
    await Promise.all(orphaned.gone);
    expect(await orphaned.exited).toEqual([null, "SIGKILL"]);
  });

  it("ends the process alone where there is no ps", async () => {
    const { child, exited, gone } = await start(lines.hang, 1, false);
    const missing = { pid: 0, output: [], stdout: "", stderr: "", status: null, signal: null };
    jest.spyOn(childProcess, "spawnSync").mockReturnValue({ ...missing, error: new Error("spawn ps ENOENT") });
    killTree(child, false);
    expect(await exited).toEqual([null, "SIGKILL"]);
    await Promise.all(gone);
  });

  it("takes a process that has ended by itself for one that is ended", async () => {
    const { child, exited, gone } = await start(`${lines.hang} setTimeout(() => process.exit(), 100)`, 1, true);
    await Promise.all([exited, ...gone]);
    expect(() => {
      killTree(child, true);
      killTree(child, false);
    }).not.toThrow();
  });

  it.each([true, false])("ends nobody for a process that could not be started: %p", (leads) => {
    const kill = jest.spyOn(process, "kill").mockReturnValue(true);
    killTree({ pid: undefined }, leads);
    expect(kill).not.toHaveBeenCalled();
  });

  it.each([true, false])("has Windows end the tree, and does not mind where that fails: %p", (leads) => {
    const spawn = jest.spyOn(childProcess, "spawn");
    const taskkill = new childProcess.ChildProcess();
    spawn.mockReturnValue(taskkill);
    const kill = jest.spyOn(process, "kill").mockReturnValue(true);
    killTree({ pid: 4711 }, leads, "win32");
    expect(spawn).toHaveBeenCalledWith("taskkill", ["/pid", "4711", "/T", "/F"], expect.anything());
    expect(kill).not.toHaveBeenCalled();
    expect(() => taskkill.emit("error", new Error("spawn taskkill ENOENT"))).not.toThrow();
  });
});
