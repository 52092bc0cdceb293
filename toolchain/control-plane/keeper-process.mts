import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";

import { recordedProcesses, removeFolder } from "./folders.mts";
import { type KeeperCommand, type KeeperEvent, messageLine, readEvents } from "./keeper-protocol.mts";
import { signalProcess, waitUntilGone } from "./process-identity.mts";

type Ready = Extract<KeeperEvent, { event: "ready" }>;

interface Awaited {
  readonly event: KeeperEvent["event"];
  readonly resolve: (event: KeeperEvent) => void;
  readonly reject: (reason: unknown) => void;
}

const goneMilliseconds = 10_000;

/** The owner's side of a keeper: its process, and the conversation with it. */
export class KeeperProcess {
  readonly #child: ChildProcess;
  readonly #log: (line: string) => void;
  readonly #exited: Promise<void>;
  #awaited: Awaited | undefined;
  #folder = "";
  #pids: Readonly<Record<string, number>> = {};
  /** Why nothing can be asked of it any more. */
  #end: Error | undefined;

  constructor(log: (line: string) => void) {
    this.#log = log;
    // Its own session: a terminal's Ctrl-C is for the owner, who then ends the keeper in good order.
    this.#child = spawn(process.execPath, [fileURLToPath(new URL("keeper.mts", import.meta.url))], {
      detached: true,
      cwd: "/",
      // Nothing of the owner's, whose environment may hold secrets and options of its own, such as a test runner's.
      env: environment("PATH", "HOME", "TMPDIR"),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const { stdin, stdout, stderr } = this.#child;
    if (stdin === null || stdout === null || stderr === null) throw new Error("The keeper has no pipes.");
    // Written to after the keeper's end; that end is seen by its exit.
    stdin.on("error", () => undefined);
    let words = "";
    stderr.setEncoding("utf8").on("data", (text: string) => (words += text));
    const spawned = new Promise<string | undefined>((resolve) => {
      this.#child.once("error", (error) => {
        resolve(error.message);
      });
      this.#child.once("exit", (code, signal) => {
        resolve(words.trim() === "" ? (signal ?? `exit code ${String(code)}`) : words.trim());
      });
    });
    const heard = readEvents(stdout, (event) => {
      this.#hear(event);
      // A keeper that is killed may leave half a line.
    }).catch(() => undefined);
    this.#exited = Promise.all([spawned, heard]).then(([reason = "no reason told"]) => {
      this.#end ??= new Error(`The control plane's keeper has ended: ${reason}`);
      this.#pids = {};
      this.#awaited?.reject(this.#end);
    });
  }

  /** The control plane's folder; empty until the keeper told it. */
  get folder(): string {
    return this.#folder;
  }

  get pids(): Readonly<Record<string, number>> {
    return this.#pids;
  }

  /** Resolves when the control plane is ready. */
  async start(command: KeeperCommand & { command: "start" }, signal: AbortSignal | undefined): Promise<Ready> {
    const abort = (): void => {
      this.#awaited?.reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const ready = await this.#ask(command, "ready");
      if (ready.event !== "ready") throw new Error(`The keeper answered "${ready.event}" to "start".`);
      return ready;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async restartApiServer(): Promise<void> {
    await this.#ask({ command: "restartApiServer" }, "restarted");
  }

  async detach(): Promise<void> {
    await this.#ask({ command: "detach" }, "detached");
  }

  /** Resolves when the keeper and the servers have ended and the folder is gone. */
  async stop(): Promise<void> {
    this.#end ??= new Error("The control plane has been stopped.");
    this.#keepAlive(true);
    this.#send({ command: "stop" });
    await this.#exited;
    if (this.#folder === "") return;
    // For a keeper that was killed: its servers die by themselves, but nobody has cleaned up.
    const left = await waitUntilGone(recordedProcesses(this.#folder), goneMilliseconds);
    for (const server of left) signalProcess(server, "SIGKILL");
    await waitUntilGone(left, goneMilliseconds);
    await removeFolder(this.#folder);
  }

  async #ask(command: KeeperCommand, event: KeeperEvent["event"]): Promise<KeeperEvent> {
    if (this.#end !== undefined) throw this.#end;
    if (this.#awaited !== undefined) throw new Error("The control plane is busy with an earlier request.");
    this.#keepAlive(true);
    try {
      return await new Promise((resolve, reject) => {
        this.#awaited = { event, resolve, reject };
        this.#send(command);
      });
    } finally {
      this.#awaited = undefined;
      this.#keepAlive(false);
    }
  }

  #hear(event: KeeperEvent): void {
    if (event.event === "folder") this.#folder = event.folder;
    else if (event.event === "processes") this.#pids = event.pids;
    else if (event.event === "log") this.#log(event.line);
    else if (event.event === "failed") this.#awaited?.reject(new Error(event.message));
    else if (event.event === this.#awaited?.event) this.#awaited.resolve(event);
  }

  #send(command: KeeperCommand): void {
    this.#child.stdin?.write(messageLine(command));
  }

  /** A control plane nobody waits for must not keep its owner from ending. */
  #keepAlive(alive: boolean): void {
    for (const handle of [this.#child, ...this.#child.stdio]) {
      if (handle === this.#child || handle instanceof Socket) {
        if (alive) handle.ref();
        else handle.unref();
      }
    }
  }
}

function environment(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
