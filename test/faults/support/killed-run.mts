import { type ChildProcess } from "node:child_process";

import {
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  type PulumiRun,
  signalProcess,
  waitUntilGone,
} from "@kubernetes-user/toolchain";
import { command } from "../../engine/support/commands.mts";
import { type Project } from "../../engine/support/project.mts";

/** Processes of a run that can be killed. */
export const victims = ["pulumi", "language", "provider"] as const;

/**
 * One of {@link victims}: the engine, the program's process, or the one that serves the certificates. For programs in
 * other languages that is the plugin.
 */
export type Victim = (typeof victims)[number] | "plugin";

/** How a process is known by its command line. */
const commandLines = {
  language: /@pulumi\/pulumi\/cmd\/run\b/,
  provider: /@pulumi\/pulumi\/cmd\/dynamic-provider\b/,
  plugin: /^node \S+\/start\.cjs\b/,
};

/** How long a plugin may live on after its engine: it notices at once, and ends what it is at. */
const afterlifeMs = 20_000;

/** A `pulumi up` in which a process can be killed with SIGKILL. */
export class KilledRun {
  /** Resolves when `pulumi` has ended, however. */
  readonly ended: Promise<PulumiRun>;
  /** Whether {@link kill} has killed somebody. */
  killed = false;
  private claimed = false;
  private pulumi: ChildProcess | undefined;
  private readonly others = new Map<number, ProcessIdentity>();
  private readonly providers: ProcessIdentity[] = [];

  /** @param onLine sees each line that `pulumi` prints. */
  constructor(project: Project, onLine: (line: string, run: KilledRun) => void = () => undefined) {
    this.ended = project.stack.pulumi(project.stack.on("up"), {
      onLine: (line, process) => {
        this.pulumi = process;
        onLine(line, this);
      },
    });
  }

  /** Kills a process of the run, if it is there; the first call counts. */
  async kill(victim: Victim): Promise<void> {
    const engine = this.pulumi?.pid;
    if (this.claimed || engine === undefined) {
      return;
    }
    this.claimed = true;
    const running = identifyProcess(engine);
    if (victim === "pulumi" && running !== undefined) {
      // It must start no plugin between the look at its processes and its end: nobody would find that one again.
      signalProcess(running, "SIGSTOP");
    }
    const descendants = await processesBelow(engine);
    for (const { pid, args } of descendants) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) {
        this.others.set(pid, identity);
        const serves = commandLines.provider.test(args) || commandLines.plugin.test(args);
        this.providers.push(...(serves ? [identity] : []));
      }
    }
    const targets =
      victim === "pulumi"
        ? [engine]
        : descendants.filter(({ args }) => commandLines[victim].test(args)).map(({ pid }) => pid);
    for (const pid of targets) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) {
        signalProcess(identity, "SIGKILL");
        this.killed = true;
      }
    }
  }

  /**
   * Waits for the end of the run, and of the provider, which has to end by itself once it has been at work. Then ends
   * what else the engine left: the language host and the other plugins notice the engine's end later, or never.
   */
  async end(providerWasAtWork: boolean): Promise<PulumiRun> {
    const run = await this.ended;
    const lingering = providerWasAtWork ? await waitUntilGone(this.providers, afterlifeMs) : [];
    const left = [...this.others.values()].filter(isRunning);
    // A launcher may have started its program only after the engine's end.
    const launched = (await Promise.all(left.map(({ pid }) => processesBelow(pid)))).flat();
    left.push(...launched.map(({ pid }) => identifyProcess(pid)).filter((identity) => identity !== undefined));
    left.forEach((identity) => {
      signalProcess(identity, "SIGKILL");
    });
    await waitUntilGone(left, afterlifeMs);
    if (lingering.length > 0) {
      throw new Error("The provider lived on after its engine.");
    }
    return run;
  }
}

interface Process {
  readonly pid: number;
  readonly args: string;
}

async function processesBelow(root: number): Promise<Process[]> {
  const { stdout } = await command("ps", ["-A", "-o", "pid=,ppid=,args="]);
  const all = stdout.split("\n").flatMap((line) => {
    const [, pid, parent, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
  const below = (parent: number): Process[] =>
    all.filter((process) => process.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
}
