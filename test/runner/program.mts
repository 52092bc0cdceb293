import { spawn } from "node:child_process";

import { endGroup } from "@kubernetes-user/toolchain";

/** How to run a program. */
export interface ProgramOptions {
  /** Ends it, and all that it started. */
  readonly signal: AbortSignal;
  /** Laid over `process.env`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Prints what it says as it says it. */
  readonly live?: boolean;
}

/**
 * Runs a program to its end. It leads a process group, which is ended as a whole; its standard input stays open as long
 * as this process lives, by which it can notice that nobody waits for it any more.
 */
export async function runProgram(
  [command = "", ...args]: readonly string[],
  { signal, environment, live = false }: ProgramOptions,
): Promise<{ exitCode: number; output: string }> {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ["pipe", live ? "inherit" : "pipe", live ? "inherit" : "pipe"],
    detached: true,
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  }
  const end = (): void => {
    endGroup(child);
  };
  signal.addEventListener("abort", end);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  }).finally(() => {
    signal.removeEventListener("abort", end);
  });
  signal.throwIfAborted();
  return { exitCode, output: chunks.join("") };
}
