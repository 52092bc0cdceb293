import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";

import { currentPlatform } from "../../parts/part.mts";
import { archiveName } from "../../sources/archives.mts";
import { subfolder, systemPath, writeArchive } from "./fakes.mts";

export const repository = path.join(import.meta.dirname, "../../..");

/** A running program whose output can be waited for. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the program has said this on stdout or stderr; fails when it ends without. */
  said(text: string): Promise<void>;
}

/** Starts a program, by default this Node, with nothing but the given environment. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  command = process.execPath,
): Running {
  const child = spawn(command, args, { env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  }).then((code) => ({ code, ...output }));
  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => void child.kill(signal),
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (`${output.stdout}${output.stderr}`.includes(text)) resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => {
          reject(new Error(`ended without saying "${text}": ${output.stdout}${output.stderr}`));
        });
      }),
  };
}

/** Archives of all real parts, each program a script that knows its version. */
export async function writeAllArchives(folder: string): Promise<void> {
  const kubernetes = "echo Kubernetes v1.36.4; echo Client Version: v1.36.4";
  const archives: readonly [string, string, Readonly<Record<string, string>>][] = [
    ["pulumi", "3.256.0", { pulumi: "echo v3.256.0", "pulumi-language-nodejs": "" }],
    ["pulumi-resource-kubernetes", "4.25.0", { "pulumi-resource-kubernetes": "" }],
    ["pulumi-resource-tls", "5.6.1", { "pulumi-resource-tls": "" }],
    ["etcd", "3.6.8", { etcd: "echo etcd Version: 3.6.8" }],
    [
      "kubernetes",
      "1.36.4",
      { "kube-apiserver": kubernetes, "kube-controller-manager": kubernetes, kubectl: kubernetes },
    ],
  ];
  await mkdir(folder, { recursive: true });
  for (const [name, version, scripts] of archives) {
    await writeArchive(path.join(folder, archiveName({ name, version }, currentPlatform())), scripts);
  }
}

/** Variables for runs of the command line in a folder of their own; `bin` comes first on PATH. */
export async function cliEnvironment(root: string): Promise<Record<string, string>> {
  return {
    HOME: root,
    PATH: [await subfolder(root, "bin"), path.dirname(process.execPath), systemPath].join(path.delimiter),
    KUBERNETES_USER_CACHE: path.join(root, "cache"),
    KUBERNETES_USER_TOOLCHAIN_ARCHIVES: path.join(root, "archives"),
    KUBERNETES_USER_TOOLCHAIN_SOURCES: "archives",
    // The scripts in the tests' archives are not what this repository pins under their names.
    KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "yes",
  };
}

/** Starts `npm run toolchain -- WORDS`, without npm. */
export function startCli(words: readonly string[], env: Readonly<Record<string, string>>): Running {
  return start([path.join(repository, "toolchain/toolchain-cli.mts"), ...words], env);
}
