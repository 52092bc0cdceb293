import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { command, openssl } from "./commands.mts";

const repository = resolve(import.meta.dirname, "../../..");

/** What programs have at hand. */
const prelude = `
const { readFileSync } = require("node:fs");
const { App, Chart } = require("cdk8s");
const { ClusterRole, Role } = require("cdk8s-plus-28");
const { KubernetesUser } = require("kubernetes-user/cdk8s");
const app = new App();
`;

/** A cdk8s project of a test's own. It finds the package as an installed one. */
export class Cdk8sApp implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes an empty project. */
  static async create(): Promise<Cdk8sApp> {
    const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-cdk8s-"));
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
    return new Cdk8sApp(folder);
  }

  /**
   * Runs a program and writes its manifests.
   *
   * @param program JavaScript, with app, Chart, Role, ClusterRole and KubernetesUser at hand.
   * @returns the folder with the manifests, which holds nothing else.
   */
  async synth(program: string): Promise<string> {
    const path = join(this.folder, "main.js");
    const manifests = join(this.folder, "dist");
    await rm(manifests, { recursive: true, force: true });
    await writeFile(path, `${prelude}${program}\napp.synth();`);
    const { exitCode, stderr } = await command(process.execPath, [path], "", { CDK8S_OUTDIR: manifests });
    if (exitCode !== 0) {
      throw new Error(`the app failed: ${stderr}`);
    }
    return manifests;
  }

  /** All manifests as one text. */
  async manifests(): Promise<string> {
    const folder = join(this.folder, "dist");
    const names = (await readdir(folder)).sort();
    return (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("---\n");
  }

  /** Makes a private key, which stays in its file, and a request that it has signed. */
  async request(name: string, subject: string): Promise<{ readonly key: string; readonly request: string }> {
    const key = join(this.folder, `${name}.key`);
    await openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${key}`, "");
    return { key, request: await openssl(`req -new -key ${key} -subj ${subject}`, "") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
