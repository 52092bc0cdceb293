import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { Socket } from "node:net";
import { constants } from "node:os";
import { Writable } from "node:stream";

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What a program that ran to its end left behind. */
export interface RunResult {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. It leads a process group of its own, because `go` and `tar` start others: all of them are
 * ended when the signal aborts, or with this process.
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, env, signal } = options;
  signal.throwIfAborted();
  const child = guardedSpawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  }
  const end = (): void => {
    signalGroup(child, "SIGKILL");
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    signal.throwIfAborted();
    return { succeeded: code === 0, ...output };
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** The last lines of what a failed program said, for an error message. */
export function lastWords(result: RunResult, lines = 10): string {
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-lines);
  return said.map((line) => line.trim()).join(" / ") || "it said nothing";
}

/** Sends a signal to all processes of the group that a child leads; false where the group has ended already. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** How long a group may take to end in good order. */
const graceMilliseconds = 5_000;

/** Asks all processes of the group that a child leads to end, and ends those that do not. */
export function endGroup(child: ChildProcess): void {
  if (!signalGroup(child, "SIGTERM")) return;
  const timer = setTimeout(() => {
    signalGroup(child, "SIGKILL");
  }, graceMilliseconds);
  child.once("close", () => {
    // Others of the group may outlast its leader. Without any, the number may soon be another group's.
    if (!signalGroup(child, 0)) clearTimeout(timer);
  });
}

/**
 * The shell leaves a watcher behind and becomes the program itself. The watcher reads a pipe from this process: the
 * pipe's end means that this process is gone, however it ended, and takes the program along, with its group if it leads
 * one.
 */
const guardedStart = `( read -r word <&3 || kill -s KILL -- "-$$" || kill -s KILL $$ ) </dev/null >/dev/null 2>&1 &
exec "$0" "$@" 3<&-`;

type LifelineOptions = Omit<SpawnOptions, "stdio"> & { readonly stdio: readonly ("ignore" | "pipe" | number)[] };

/** Starts a program that does not outlive this process, not even when this one is killed. */
export function guardedSpawn(program: string, args: readonly string[], options: LifelineOptions): ChildProcess {
  const child = spawnWithLifeline(["-c", guardedStart, program, ...args], options);
  // The watcher leaves without killing whoever has the number next.
  child.once("exit", () => {
    release(child);
  });
  return child;
}

/** Starts a shell whose fourth stream ends when this process does, however that ends. */
export function spawnWithLifeline(args: readonly string[], { stdio, ...options }: LifelineOptions): ChildProcess {
  const child = spawn("/bin/sh", args, { ...options, stdio: [...stdio, "pipe"] });
  child.stdio[3]?.on("error", () => {
    // Its reader may be gone first when everything is killed at once.
  });
  return child;
}

/** Lets a child outlive this process after all: by a word instead of the stream's end. */
export function release(child: ChildProcess): void {
  const lifeline = child.stdio[3];
  if (lifeline instanceof Writable && lifeline.writable) lifeline.end("released\n");
}

/** Whether a child keeps this process from ending. */
export function keepAlive(child: ChildProcess, alive: boolean): void {
  for (const handle of [child, child.stdio[3]]) {
    if (handle !== child && !(handle instanceof Socket)) continue;
    if (alive) handle.ref();
    else handle.unref();
  }
}

/** What asked this process to end, and the exit code that tells so. */
export interface Interruption {
  /** Aborts at the first interrupt. */
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells have it; undefined while nobody has interrupted. */
  readonly exitCode: number | undefined;
}

/** Turns Ctrl-C, a hang-up and a request to terminate into an abort, so that what is under way can end in order. */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      exitCode ??= 128 + constants.signals[signal];
      controller.abort(new Error(`stopped by ${signal}`));
    });
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
