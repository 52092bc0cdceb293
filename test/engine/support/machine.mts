import { X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import { Folder, cli } from "./cli.mts";
import { type CommandResult, command } from "./commands.mts";
import type { Person } from "./publication.mts";

const main = resolve(import.meta.dirname, "../../../dist/cli/main.js");

/** A person's machine: a home, and the command in its PATH. */
export class Machine implements AsyncDisposable {
  readonly folder: Folder;

  private constructor(folder: Folder) {
    this.folder = folder;
  }

  static async create(): Promise<Machine> {
    const folder = await Folder.create();
    await mkdir(folder.file("bin"));
    // As npm installs it.
    await symlink(main, folder.file("bin/kubernetes-user"));
    await chmod(main, 0o755);
    return new Machine(folder);
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      PATH: `${this.folder.file("bin")}:${String(process.env["PATH"])}`,
      XDG_STATE_HOME: this.folder.file("state"),
      KUBECONFIG: this.folder.file("kubeconfig"),
    };
  }

  /** The same with more in its environment. */
  cliWith(more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CommandResult> {
    return cli(args, "", { ...this.environment, ...more });
  }

  cli(...args: readonly string[]): Promise<CommandResult> {
    return cli(args, "", this.environment);
  }

  /** Who kubectl is, by the kubeconfig that was set up. */
  async whoami(): Promise<{ username: string; credentialId: string; stderr: string }> {
    const { exitCode, stdout, stderr } = await command(
      "kubectl",
      ["auth", "whoami", "-o", "json"],
      "",
      this.environment,
    );
    if (exitCode !== 0) {
      return { username: "", credentialId: "", stderr };
    }
    const { status } = JSON.parse(stdout) as {
      status: { userInfo: { username: string; extra: Readonly<Record<string, [string]>> } };
    };
    const { username, extra } = status.userInfo;
    return { username, credentialId: extra["authentication.kubernetes.io/credential-id"]?.[0] ?? "", stderr };
  }

  /** kubectl with the kubeconfig that was set up. */
  kubectl(args: string): Promise<CommandResult> {
    return command("kubectl", args.split(" "), "", this.environment);
  }

  /** The one credential file. */
  async credentialFile(): Promise<string> {
    const folder = this.folder.file("state/kubernetes-user");
    const [name, ...more] = await readdir(folder);
    if (name === undefined || more.length > 0) {
      throw new Error(`expected one file in ${folder}`);
    }
    return `${folder}/${name}`;
  }

  async stored(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(await this.credentialFile(), "utf8")) as Record<string, unknown>;
  }

  /** Changes what is stored. */
  async change(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const file = await this.credentialFile();
    await writeFile(file, JSON.stringify({ ...(await this.stored()), ...changes }));
  }

  /** Sets a person up, who has got a keyless kubeconfig and adds the key with --renew. */
  async setUp(keyless: string, privateKey: string, ...options: readonly string[]): Promise<CommandResult> {
    const file = await this.folder.write("received", keyless);
    const key = await this.folder.write("key", privateKey);
    return this.cli("kubeconfig", file, "--key", key, "--renew", "--out", this.folder.file("kubeconfig"), ...options);
  }

  /** Hands a keyless kubeconfig with a certificate over to a person, who sets up by it. */
  async handOver(person: Person, certificate: string, ...options: readonly string[]): Promise<CommandResult> {
    return this.setUp(await person.keyless(certificate), person.privateKey, ...options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** How the API server names a certificate. */
export function credentialIdOf(pem: string): string {
  return `X509SHA256=${new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase()}`;
}
