import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { field } from "../cluster/api.mts";
import type { Subject } from "../figures.mts";

const repository = resolve(import.meta.dirname, "../..");
const programs = join(repository, "bench/programs");

/** What the measured programs need beside the package and its own dependencies; `yaml` is the bare composition's. */
const peers = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/tls", "cdk8s", "cdk8s-plus-28", "constructs", "yaml"];

/** A Pulumi program in bench/programs. */
export type ProgramName = Exclude<Subject, "loop">;

/** A folder in which the package is installed as its users have it: packed, unpacked, and run without a compiler. */
export class Scratch implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Scratch> {
    const scratch = new Scratch(await mkdtemp(join(tmpdir(), "kubernetes-user-bench-")));
    try {
      await scratch.install();
      return scratch;
    } catch (error) {
      await scratch[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The installed package. */
  get package(): string {
    return join(this.folder, "node_modules/kubernetes-user");
  }

  /** The file of the package's command. */
  get command(): string {
    return join(this.package, "dist/cli/main.js");
  }

  /** A path in the folder. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** A project with one of the programs. */
  async project(program: ProgramName): Promise<string> {
    const project = await mkdtemp(this.file(`${program}-`));
    await cp(programs, project, { recursive: true });
    await writeFile(join(project, "package.json"), JSON.stringify({ name: "bench", main: `${program}.cjs` }));
    await writeFile(
      join(project, "Pulumi.yaml"),
      "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    );
    return project;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async install(): Promise<void> {
    const run = promisify(execFile);
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", this.folder];
    const { stdout } = await run("npm", pack, { cwd: repository });
    const packed: unknown = JSON.parse(stdout);
    await run("tar", ["-xzf", this.file(String(field(field(packed, 0), "filename"))), "-C", this.folder]);
    await mkdir(dirname(this.package), { recursive: true });
    await rename(this.file("package"), this.package);
    await cp(programs, this.folder, { recursive: true });
    for (const name of [...(await this.dependencies()), ...peers]) {
      const place = this.file(`node_modules/${name}`);
      await mkdir(dirname(place), { recursive: true });
      await symlink(join(repository, "node_modules", name), place);
    }
  }

  private async dependencies(): Promise<string[]> {
    const manifest: unknown = JSON.parse(await readFile(join(this.package, "package.json"), "utf8"));
    const dependencies = field(manifest, "dependencies");
    return typeof dependencies === "object" && dependencies !== null ? Object.keys(dependencies) : [];
  }
}
