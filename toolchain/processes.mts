import { type ChildProcess, spawn, type SpawnOptions, type StdioOptions } from "node:child_process";
import { constants } from "node:os";
import { Writable } from "node:stream";

import { messageOf, ToolchainError } from "./errors.mts";

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** The program is ended after this long; no limit by default. */
  readonly timeoutMilliseconds?: number;
}

/** What a program that ran to its end left behind. */
export interface RunResult {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** How much of each stream is kept: `go build` can say a lot, and the end of it matters. */
const keptCharacters = 100_000;
const graceMilliseconds = 3_000;
/** The longest that setTimeout knows: 24 days. */
const longestTimeout = 2 ** 31 - 1;

const running = new Set<ChildProcess>();

/**
 * Runs a program to its end. It leads a process group of its own, because `go` and `tar` start others: all of them are
 * ended when the signal aborts, the time is over, or this process exits.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (running.size === 0) process.on("exit", endAll);
  running.add(child);

  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout = (stdout + text).slice(-keptCharacters);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-keptCharacters);
  });

  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new ToolchainError(`${command} did not answer in ${(options.timeoutMilliseconds ?? 0) / 1000} s`));
    end(child);
  }, options.timeoutMilliseconds ?? longestTimeout);
  const abort = () => {
    end(child);
  };
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    const code = await exitCode(child, command);
    options.signal?.throwIfAborted();
    deadline.signal.throwIfAborted();
    return { succeeded: code === 0, stdout, stderr };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
    running.delete(child);
    if (running.size === 0) process.off("exit", endAll);
  }
}

/** The last lines of what a failed program said, for an error message. */
export function lastWords(result: RunResult, lines = 3): string {
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-lines);
  return said.map((line) => line.trim()).join(" / ") || "it said nothing";
}

function exitCode(child: ChildProcess, command: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      reject(new ToolchainError(`${command} could not be started: ${messageOf(error)}`));
    });
    child.once("close", resolve);
  });
}

function end(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  setTimeout(() => {
    if (running.has(child)) signalGroup(child, "SIGKILL");
  }, graceMilliseconds).unref();
}

function endAll(): void {
  for (const child of running) signalGroup(child, "SIGTERM");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended meanwhile.
  }
}

/**
 * The shell leaves a watcher behind and becomes the program itself. The watcher reads a pipe from this process: the
 * pipe's end means that this process is gone, however it ended, and takes the program along.
 */
const guardedStart = `( read -r word <&3 || kill -KILL $$ ) </dev/null >/dev/null 2>&1 &
exec "$0" "$@" 3<&-`;

/** Starts a program that does not outlive this process, not even when this one is killed. */
export function guardedSpawn(
  program: string,
  args: readonly string[],
  { stdio, ...options }: Omit<SpawnOptions, "stdio"> & { readonly stdio: readonly ("ignore" | "pipe" | number)[] },
): ChildProcess {
  const withPipe: StdioOptions = [...stdio, "pipe"];
  const child = spawn("/bin/sh", ["-c", guardedStart, program, ...args], { ...options, stdio: withPipe });
  const pipe = child.stdio[3];
  if (pipe instanceof Writable) {
    // The watcher may be gone first when everything is killed at once.
    pipe.on("error", () => undefined);
    // A word instead of the pipe's end: the watcher leaves without killing whoever has the number next.
    child.once("exit", () => pipe.end("ended\n"));
  }
  return child;
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
