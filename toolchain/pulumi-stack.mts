import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { guardedSpawn } from "./processes.mts";

/** What a stack needs to exist. */
export interface PulumiStackOptions {
  /** Folder of the project: where Pulumi.yaml lies. */
  readonly project: string;
  /** Folder, not there yet, that gets all that the stack writes; it goes with the stack. */
  readonly folder: string;
  readonly stack: string;
  /** Variables that make the toolchain's programs known, and whatever the program needs; laid over `process.env`. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a run of `pulumi` ended, and what it printed. */
export interface PulumiRun {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams, in the order in which the lines came. */
  readonly output: string;
}

/** What may happen while `pulumi` runs. */
export interface PulumiRunOptions {
  /** Sees each line that it prints, and the process that prints it. */
  readonly onLine?: (line: string, process: ChildProcess) => void;
  /** Interrupts it, as Ctrl-C would: it finishes the step that it is at. */
  readonly signal?: AbortSignal;
}

/** Without the dots of its progress, which the engine prints at any time, also in front of a line that is read here. */
const wholeLines = "--suppress-progress";

/** Options with which a command asks nobody. */
const unattended: Readonly<Record<string, readonly string[]>> = {
  preview: [wholeLines],
  up: ["--yes", "--skip-preview", wholeLines],
  refresh: ["--yes", "--skip-preview", wholeLines],
  destroy: ["--yes", "--skip-preview", wholeLines],
};

/** The parts of a backend's folder. */
function partsOf(folder: string): Record<"state" | "home" | "passphrase", string> {
  return { state: join(folder, "state"), home: join(folder, "pulumi-home"), passphrase: join(folder, "passphrase") };
}

/**
 * Makes a backend: a folder, not there yet, with a passphrase that is made for it.
 *
 * @returns the environment in which `pulumi` uses it
 */
export async function makeBackend(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const { state, passphrase } = partsOf(folder);
  await mkdir(folder, { mode: 0o700 });
  await mkdir(state);
  await writeFile(passphrase, randomBytes(24).toString("base64"), { mode: 0o600 });
  return useBackend(folder, environment);
}

/** Makes what Pulumi needs to use a backend, and returns the environment for that. */
async function useBackend(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const { state, home, passphrase } = partsOf(folder);
  await mkdir(home);
  // Pulumi writes logs and workspaces into its home: ours may go with the backend, the plugins stay where they are.
  await symlink(join(environment["PULUMI_HOME"] ?? "", "plugins"), join(home, "plugins"));
  return {
    ...environment,
    PULUMI_HOME: home,
    // The attributes that Pulumi otherwise writes beside each state are not replaced atomically: a kill in between
    // leaves an empty file there, and `failed to load checkpoint: EOF` from then on.
    PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
  };
}

/** A stack in a backend of its own. */
export class PulumiStack {
  /** Variables with which `pulumi` in a shell finds the stack. */
  readonly environment: Readonly<Record<string, string>>;
  private readonly options: PulumiStackOptions;

  private constructor(options: PulumiStackOptions, environment: Readonly<Record<string, string>>) {
    this.options = options;
    this.environment = environment;
  }

  /** Makes the stack's folder and initializes it. */
  static async create(options: PulumiStackOptions): Promise<PulumiStack> {
    const stack = new PulumiStack(options, await makeBackend(options.folder, options.environment));
    await stack.run(["stack", "init", options.stack, "--no-select"]);
    return stack;
  }

  /**
   * Makes a stack as {@link PulumiStack.create} does, in a hundredth of the time: a copy of one that nobody has used.
   *
   * @param original project and folder of that one; project and stack have the same names.
   */
  static async copy(
    original: Pick<PulumiStackOptions, "project" | "folder">,
    options: PulumiStackOptions,
  ): Promise<PulumiStack> {
    const [from, to] = [partsOf(original.folder), partsOf(options.folder)];
    const settings = `Pulumi.${options.stack}.yaml`;
    await mkdir(options.folder, { mode: 0o700 });
    await Promise.all([
      cp(from.state, to.state, { recursive: true }),
      copyFile(from.passphrase, to.passphrase),
      // It has the salt that the passphrase goes with.
      copyFile(join(original.project, settings), join(options.project, settings)),
    ]);
    return new PulumiStack(options, await useBackend(options.folder, options.environment));
  }

  get name(): string {
    return this.options.stack;
  }

  /** Runs `pulumi`; resolves however it ends. */
  async pulumi(args: readonly string[], { onLine, signal }: PulumiRunOptions = {}): Promise<PulumiRun> {
    signal?.throwIfAborted();
    const child = guardedSpawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.options.project,
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
      // A terminal's Ctrl-C reaches it once, through the signal: a second interrupt would break off the step.
      detached: true,
    });
    const interrupt = (): void => {
      child.kill("SIGINT");
    };
    signal?.addEventListener("abort", interrupt);
    const lines: string[] = [];
    const stdout: string[] = [];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => stdout.push(text));
    const listen = (line: string): void => {
      lines.push(line);
      onLine?.(line, child);
    };
    for (const input of [child.stdout, child.stderr]) {
      if (input !== null) {
        createInterface({ input }).on("line", listen);
      }
    }
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve(code ?? -1);
      });
    }).finally(() => signal?.removeEventListener("abort", interrupt));
    return { exitCode, stdout: stdout.join(""), output: lines.join("\n") };
  }

  /** Runs `pulumi` and throws with its output when it fails. */
  async run(args: readonly string[], options?: PulumiRunOptions): Promise<PulumiRun> {
    const result = await this.pulumi(args, options);
    if (result.exitCode !== 0) {
      throw new Error(`pulumi ${args.join(" ")} failed (exit code ${result.exitCode}):\n${result.output}`);
    }
    return result;
  }

  /** `pulumi up`, without a preview before it. */
  up(...args: readonly string[]): Promise<PulumiRun> {
    return this.pulumi(this.on("up", ...args));
  }

  preview(...args: readonly string[]): Promise<PulumiRun> {
    return this.pulumi(this.on("preview", ...args));
  }

  refresh(...args: readonly string[]): Promise<PulumiRun> {
    return this.pulumi(this.on("refresh", ...args));
  }

  destroy(...args: readonly string[]): Promise<PulumiRun> {
    return this.pulumi(this.on("destroy", ...args));
  }

  /** The stack's outputs, secrets in clear. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await this.run(this.on("stack", "output", "--json", "--show-secrets"));
    const outputs: unknown = JSON.parse(stdout);
    return { ...(typeof outputs === "object" ? outputs : {}) };
  }

  /** The arguments of a command on this stack, which asks nobody. */
  on(command: string, ...args: readonly string[]): string[] {
    return [command, ...(unattended[command] ?? []), ...args, "--stack", this.options.stack];
  }
}
