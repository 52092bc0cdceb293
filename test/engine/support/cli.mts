import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { documentedNames, namesIn } from "../../unit/support/json-names.ts";
import { command, type CommandResult, kubectl } from "./commands.mts";
import { administrator, kubeconfig } from "./kubeconfigs.mts";

const main = resolve(import.meta.dirname, "../../../dist/cli/main.js");

/** Options by which `approve` asks nobody, and approves all names. */
export const anyName = ["--yes", "--policy", resolve(import.meta.dirname, "any-name.yaml")] as const;

/** Runs `kubernetes-user` as a process, with the test cluster's administrator as its default. */
export function cli(
  args: readonly string[],
  input = "",
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return command(process.execPath, [main, ...args], input, env);
}

/** The same for a run that has to succeed: what it printed as JSON, in which every name is one that docs/cli.md has for the command. */
export async function cliJson(...args: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await cli([...args, "--output", "json"]);
  if (exitCode !== 0) {
    throw new Error(`kubernetes-user ${args.join(" ")} failed (exit code ${exitCode}): ${stderr}`);
  }
  const result: unknown = JSON.parse(stdout);
  const documented = documentedNames().filter(({ commands }) => commands.includes(String(args[0])));
  const unknown = namesIn(result).filter((name) => !documented.some((known) => known.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `kubernetes-user ${args.join(" ")} prints names that docs/cli.md does not have: ${unknown.join(", ")}`,
    );
  }
  return result;
}

/** Runs `kubernetes-user` with its standard output in a file. */
export function cliInto(output: string, ...args: readonly string[]): Promise<CommandResult> {
  return command("sh", ["-c", 'exec "$@" > "$0"', output, process.execPath, main, ...args]);
}

/** A run that is going on, which can be sent signals. */
export interface CliRun {
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves when it has said this on standard error; rejects when it ends without. */
  readonly said: (text: string) => Promise<void>;
  readonly ended: Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
}

/** Begins a run of `kubernetes-user`; with `deaf`, nobody reads its standard output. */
export function startCli(args: readonly string[], { deaf = false } = {}): CliRun {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const listeners = new Set<() => void>();
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    listeners.forEach((listener) => {
      listener();
    });
  });
  if (deaf) {
    child.stdout.destroy();
  }
  const ended = new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ exitCode: code ?? -1, stdout, stderr });
    });
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(text)) {
          resolve();
        }
      };
      listeners.add(look);
      look();
      child.once("close", () => {
        reject(new Error(`it ended without saying ${JSON.stringify(text)}:\n${stderr}`));
      });
    });
  return { ended, said, signal: (name) => child.kill(name) };
}

/** A folder that goes with its test. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), "kubernetes-user-cli-")));
  }

  /** The path of a file in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file and returns its path. */
  async write(name: string, content: string): Promise<string> {
    await writeFile(this.file(name), content, { mode: 0o600 });
    return this.file(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Makes a key and a request for a user, and submits it. Returns the name of the CertificateSigningRequest. */
export async function submit(folder: Folder, username: string, ...options: readonly string[]): Promise<string> {
  const made = await cliJson("request", username, "--manifest", "--out", folder.path, ...options);
  const { csrName, manifestFile } = made as { csrName: string; manifestFile: string };
  await kubectl(`apply -f ${manifestFile}`);
  return csrName;
}

/** A kubeconfig file of a service account with these rules, which are made cluster-wide. */
export async function serviceAccountKubeconfig(
  folder: Folder,
  name: string,
  rules: readonly object[],
): Promise<string> {
  const metadata = { name };
  await kubectl(`create serviceaccount ${name} -n default`);
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata, rules };
  await kubectl("apply -f -", JSON.stringify(role));
  await kubectl(`create clusterrolebinding ${name} --clusterrole=${name} --serviceaccount=default:${name}`);
  const { cluster } = await administrator();
  const token = await kubectl(`create token ${name} -n default`);
  return folder.write(`${name}.kubeconfig`, kubeconfig(name, cluster, { token }));
}

/** Whether there is a program that gives a process a terminal: util-linux's `script`. */
export const hasTerminal = ((): boolean => {
  const { error, stdout } = spawnSync("script", ["--version"], { encoding: "utf8" });
  return error === undefined && stdout.includes("util-linux");
})();

/** A run on a terminal that is going on. */
export interface TerminalRun {
  /** Waits until the terminal shows a text that it has not shown before. */
  shows(text: string): Promise<void>;
  /** Types keys. */
  type(keys: string): void;
  readonly ended: Promise<{ readonly exitCode: number; readonly output: string }>;
}

/** Runs `kubernetes-user` on a terminal of its own. */
export function cliOnTerminal(...args: readonly string[]): TerminalRun {
  const words = [process.execPath, main, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const child = spawn("script", ["-qefc", `exec ${words.join(" ")}`, "/dev/null"], {
    env: { ...process.env, TERM: "xterm-256color", NO_COLOR: "", FORCE_COLOR: "" },
  });
  let [output, seen] = ["", 0];
  let look = (): void => undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    look();
  });
  const ended = new Promise<{ exitCode: number; output: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ exitCode: code ?? -1, output });
      look();
    });
  });
  return {
    ended,
    type: (keys) => child.stdin.write(keys),
    shows: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const at = output.indexOf(text, seen);
          if (at >= 0) {
            seen = at + text.length;
            resolve();
          } else if (child.exitCode !== null) {
            reject(new Error(`it ended without showing ${JSON.stringify(text)}:\n${output}`));
          }
        };
        look();
      }),
  };
}
