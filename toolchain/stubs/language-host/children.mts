import { type ChildProcess, spawn } from "node:child_process";

/** How long an interrupted program may take to end by itself. */
const interruptGraceMilliseconds = 5_000;

/** How a child process ended: its exit code, or the signal that ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a child process is started with. */
export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Where its output goes; without it, where this process's own goes. */
  readonly output?: { stdout: (chunk: Buffer) => void; stderr: (chunk: Buffer) => void };
}

/** The programs that the host started and that still run. */
export class Children {
  readonly #running = new Set<ChildProcess>();

  /**
   * Starts a program and waits for its end.
   *
   * @throws the error of the start itself, for instance ENOENT
   */
  async run(command: string, args: readonly string[], options: ChildOptions, cancelled?: AbortSignal): Promise<Ending> {
    const { env, cwd, output } = options;
    const channel = output === undefined ? "inherit" : "pipe";
    const child = spawn(command, args, {
      env,
      stdio: ["ignore", channel, channel],
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#running.add(child);
    child.stdout?.on("data", (chunk: Buffer) => output?.stdout(chunk));
    child.stderr?.on("data", (chunk: Buffer) => output?.stderr(chunk));
    const cancel = (): void => {
      interrupt(child);
    };
    cancelled?.addEventListener("abort", cancel);
    if (cancelled?.aborted === true) cancel();
    try {
      return await new Promise<Ending>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code, signal) => {
          resolve({ code, signal });
        });
      });
    } finally {
      cancelled?.removeEventListener("abort", cancel);
      this.#running.delete(child);
    }
  }

  /** Asks all of them to end, and ends those that do not. */
  interrupt(): void {
    this.#running.forEach(interrupt);
  }

  /** Ends all of them at once. */
  kill(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }
}

function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), interruptGraceMilliseconds);
  child.once("close", () => {
    clearTimeout(timer);
  });
}
