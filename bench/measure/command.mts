import { type ChildProcess, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { endGroup } from "@kubernetes-user/toolchain";
import type { Cost } from "./statistics.mts";

/** How to run a program. */
export interface CommandOptions {
  /** Ends it, and all that it started. */
  readonly signal: AbortSignal;
  readonly folder?: string;
  /** Laid over `process.env`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Once it has printed a line it is ended: for servers. */
  readonly untilFirstLine?: boolean;
  /** Sees the process that leads all others, as soon as it runs. */
  readonly onStart?: (pid: number) => void;
}

/** What a program cost, and what it printed on both streams. */
export interface CommandCost extends Cost {
  readonly output: string;
}

/*
 * bash counts the CPU of a program and of all descendants that were waited for; the engine waits for its plugins and
 * they for theirs. The trap keeps bash itself alive when the group is ended, and programs begin without it.
 */
const timed = `trap : TERM; TIMEFORMAT="%3U %3S"; { time "$@" 2>&1 3>&-; } 2>&3`;

/** Runs a program to its end and measures it. Throws with what it printed when it fails. */
export async function measureCommand(words: readonly string[], options: CommandOptions): Promise<CommandCost> {
  const { signal, folder, environment, untilFirstLine = false } = options;
  signal.throwIfAborted();
  const began = performance.now();
  const child = spawn("bash", ["-c", timed, "bash", ...words], {
    cwd: folder,
    // Some locales have decimal commas.
    env: { ...process.env, LC_ALL: "C", ...environment },
    // Its input stays open as long as this process lives: a plugin ends when its input does.
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
  const [output, errors, times] = [textOf(child, 1), textOf(child, 2), textOf(child, 3)];
  const end = (): void => {
    endGroup(child);
  };
  signal.addEventListener("abort", end);
  let firstLine = Number.NaN;
  if (untilFirstLine) {
    child.stdout.once("data", () => {
      firstLine = performance.now();
      endGroup(child);
    });
  }
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve(code ?? 1);
      });
    });
    if (child.pid !== undefined) {
      options.onStart?.(child.pid);
    }
    const exitCode = await ended;
    signal.throwIfAborted();
    if (untilFirstLine ? Number.isNaN(firstLine) : exitCode !== 0) {
      throw new Error(`${words.join(" ")} failed (exit code ${exitCode}):\n${output.text}${errors.text}${times.text}`);
    }
    const seconds = ((untilFirstLine ? firstLine : performance.now()) - began) / 1000;
    return { seconds, cpuSeconds: cpuSecondsOf(times.text), output: output.text };
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** User and system time as `timed` prints them, after whatever bash has said before. */
export function cpuSecondsOf(text: string): number {
  const found = /(\d+\.\d+) (\d+\.\d+)\s*$/.exec(text);
  if (found === null) {
    throw new Error(`expected two numbers from bash's "time", got ${JSON.stringify(text)}`);
  }
  return Number(found[1]) + Number(found[2]);
}

function textOf(child: ChildProcess, stream: 1 | 2 | 3): { readonly text: string } {
  const read = { text: "" };
  const source = child.stdio[stream];
  if (source !== null && source !== undefined && "setEncoding" in source) {
    source.setEncoding("utf8").on("data", (chunk: string) => {
      read.text += chunk;
    });
  }
  return read;
}
