import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

import { leftOut, Script } from "../pages/script.mts";
import { kubectl } from "../engine/support/commands.mts";
import { ShellFolder } from "../engine/support/shell-folder.mts";

const repository = resolve(import.meta.dirname, "../..");

/** A demo that runs, or has ended. */
interface Demo {
  readonly process: ChildProcess;
  readonly ended: Promise<{ exitCode: number | null; output: string }>;
}

/** Starts the demo as a terminal would: in a process group of its own. */
function startDemo(
  args: readonly string[],
  onLine: (line: string, demo: ChildProcess) => void = () => undefined,
): Demo {
  const child = spawn("node", ["toolchain/demo.mts", ...args], { cwd: repository, detached: true });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      lines.push(line);
      onLine(line, child);
    });
  }
  const ended = new Promise<{ exitCode: number | null; output: string }>((resolve) => {
    child.once("close", (exitCode) => {
      resolve({ exitCode, output: lines.join("\n") });
    });
  });
  return { process: child, ended };
}

/** Servers that the demo said it started and that still run. */
function serversLeft(output: string): number[] {
  return [...output.matchAll(/started \S+ \(process (\d+)\)/g)].map(([, pid]) => Number(pid)).filter(isRunning);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Nobody tells when a process of another process has ended: this looks until it has. */
async function serversEnd(output: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (let left = serversLeft(output); left.length > 0; left = serversLeft(output)) {
    if (Date.now() > deadline) {
      throw new Error(`Servers outlive the demo that started them: ${left.join(", ")}`);
    }
    await delay(50);
  }
}

async function stackFilesLeft(): Promise<string[]> {
  return (await readdir(repository)).filter((name) => name.startsWith("Pulumi.demo-"));
}

describe("npm run demo", () => {
  const inRepository = new ShellFolder(repository, { NODE_OPTIONS: "" });
  /** Those of docs/toolchain.md. */
  const commands = Script.of("docs/toolchain.md", import.meta.filename).flatMap(({ each }) => each);

  it("ends with the cluster's own word for who the user is, and leaves nothing behind", async () => {
    const before = await stackFilesLeft();
    const { exitCode, output } = await startDemo([]).ended;
    expect(output).toMatch(/Username +myuser/);
    expect(output).toMatch(/secrets is forbidden: User "myuser" cannot list/);
    expect(exitCode).toBe(0);
    expect(output.match(/started \S+ \(process \d+\)/g)).toHaveLength(3);
    expect(serversLeft(output)).toEqual([]);
    expect(existsSync(/^ +(\/\S+\/kubeconfig)$/m.exec(output)?.[1] ?? "")).toBe(false);
    expect(await stackFilesLeft()).toEqual(before);
  });

  it("interrupted in the middle, ends at once and leaves nothing behind", async () => {
    const before = await stackFilesLeft();
    const { ended } = startDemo([], (line, { pid }) => {
      if (line.includes("made PrivateKey")) {
        process.kill(-Number(pid), "SIGINT");
      }
    });
    const { exitCode, output } = await ended;
    expect(output).toContain("The demo was stopped by SIGINT");
    expect(exitCode).toBe(130);
    expect(serversLeft(output)).toEqual([]);
    expect(await stackFilesLeft()).toEqual(before);
  });

  it("killed in the middle, takes its servers along", async () => {
    const { ended } = startDemo([], (line, demo) => {
      if (line.includes("kube-controller-manager issues certificates")) {
        demo.kill("SIGKILL");
      }
    });
    const { exitCode, output } = await ended;
    expect(exitCode).toBeNull();
    expect(output.match(/started \S+ \(process \d+\)/g)).toHaveLength(3);
    await serversEnd(output);
  });

  it.each([
    [["--kubeconfg", "x"], "Unknown option '--kubeconfg'"],
    [["--context", "prod"], "--context: goes with --kubeconfig only"],
  ])("refuses %j and shows how it is used", async (args, message) => {
    const { exitCode, output } = await startDemo(args).ended;
    expect(exitCode).toBe(2);
    expect(output).toContain(message);
    expect(output).toContain("Usage: npm run demo");
  });

  it("refuses a kubeconfig that is not there, before it makes anything", async () => {
    const { exitCode, output } = await startDemo(["--kubeconfig", "/nowhere/kubeconfig"]).ended;
    expect(exitCode).toBe(1);
    expect(output).toContain("--kubeconfig: there is no file /nowhere/kubeconfig.");
    expect(output).not.toContain("made ");
  });

  it("uses somebody's own cluster, and says beforehand what it will make there", async () => {
    const context = await kubectl("config current-context");
    const output = await inRepository.sh(
      (commands[1] ?? Script.none).with([
        ["FILE", String(process.env["KUBECONFIG"])],
        ["NAME", context],
      ]),
    );
    expect(output.indexOf("a Role and a RoleBinding")).toBeLessThan(output.indexOf("made Role"));
    expect(output).toMatch(/Username +myuser/);
    expect(output).not.toContain("started kube-apiserver");
  });

  it("leaves cluster and stack, if somebody wants to play with them, and says how to take them away", async () => {
    const before = await stackFilesLeft();
    const output = await inRepository.sh(commands[0] ?? Script.none);
    const [stop = "exit 1"] = /npm run cluster -- stop --name \S+/.exec(output) ?? [];
    try {
      expect(serversLeft(output)).toHaveLength(3);
      // What it prints: headings, and indented commands below them.
      const [play = "", more = "", remove = ""] = (output.split("\nKept for you to play with.")[1] ?? "").split("\n\n");
      const commandsIn = (part: string): string => part.split("\n").slice(1).join("\n");
      expect(await inRepository.sh(`:\n${commandsIn(play)}\n${commandsIn(more)}`)).toContain("demo-");
      await inRepository.sh(`:\n${commandsIn(more)}\n${commandsIn(remove)}`);
      expect(await stackFilesLeft()).toEqual(before);
    } finally {
      await inRepository.sh(stop);
    }
    await serversEnd(output);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
