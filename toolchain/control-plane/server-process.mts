import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";

import { guardedSpawn, keepAlive, release } from "../processes.mts";
import { messageOf } from "../errors.mts";
import { identifyProcess, type ProcessIdentity } from "./process-identity.mts";

/** Kubernetes' own name of a control plane's program. */
export type ServerName = "etcd" | "kube-apiserver" | "kube-controller-manager";

/** What to start, and where. */
export interface ServerProcessOptions {
  readonly name: ServerName;
  readonly program: string;
  readonly flags: readonly string[];
  /** The server's working folder, and its home. */
  readonly folder: string;
  /** The file to which its output is appended. */
  readonly log: string;
}

/** A server ended although it should serve. The message ends with the server's last words. */
export class ServerExitError extends Error {
  override readonly name = "ServerExitError";
  readonly server: ServerName;
  readonly output: string;

  constructor(server: ServerName, how: string, output: string) {
    const lines = output.trimEnd().split("\n").slice(-lastLines);
    super(
      [
        `${server} ended ${how}. The last lines of its log:`,
        ...(output.trim() === "" ? ["(it wrote nothing)"] : lines).map((line) => `  ${line.slice(0, longestLine)}`),
      ].join("\n"),
    );
    this.server = server;
    this.output = output;
  }
}

const lastLines = 12;
const longestLine = 600;
const terminationMilliseconds = 8_000;

/** A running server that does not outlive this process, unless it is released. */
export class ServerProcess {
  readonly name: ServerName;
  readonly pid: number;
  readonly identity: ProcessIdentity | undefined;
  /** Fulfilled when the process has ended; never rejected. */
  readonly exited: Promise<ServerExitError>;
  readonly #child: ChildProcess;
  #stopping = false;
  #ended = false;

  /** Starts the server; resolves when its process exists, long before it serves. */
  static start(options: ServerProcessOptions): Promise<ServerProcess> {
    const { program, flags, folder, log } = options;
    const logStart = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const logFile = openSync(log, "a", 0o600);
    const child = guardedSpawn(program, flags, {
      cwd: folder,
      // Nothing of the caller's settings (proxies, GODEBUG, KUBECONFIG) may change how the servers behave.
      env: { PATH: "/usr/bin:/bin", HOME: folder, TMPDIR: folder },
      stdio: ["ignore", logFile, logFile],
      // A terminal's Ctrl-C is for the owner, who then ends its servers in good order.
      detached: true,
    });
    closeSync(logFile);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("spawn", () => {
        resolve(new ServerProcess(options, child, logStart));
      });
    });
  }

  private constructor(options: ServerProcessOptions, child: ChildProcess, logStart: number) {
    this.name = options.name;
    this.pid = child.pid ?? 0;
    this.identity = identifyProcess(this.pid);
    this.#child = child;
    // A control plane nobody waits for must not keep its owner from ending.
    keepAlive(child, false);
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#ended = true;
        const output = readFrom(options.log, logStart);
        const how = signal === null ? `with exit code ${String(code)}` : `by ${signal}`;
        resolve(new ServerExitError(options.name, how, output));
      });
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether its end is on purpose. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Asks the server to end, insists after a while, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#ended) return;
    keepAlive(this.#child, true);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), terminationMilliseconds);
    this.#child.kill("SIGTERM");
    await this.exited;
    clearTimeout(timer);
  }

  /** Lets the server live on when this process ends. */
  release(): void {
    release(this.#child);
  }
}

function readFrom(path: string, start: number): string {
  try {
    return readFileSync(path).subarray(start).toString();
  } catch (error) {
    return `(its log cannot be read: ${messageOf(error)})`;
  }
}
