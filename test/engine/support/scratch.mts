import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

import { makeBackend } from "@kubernetes-user/toolchain";
import { oneKubeconfig } from "./kubeconfigs.mts";
import { linkCommands, linkPackage, manifestOf } from "./linked-packages.mts";
import { unpackPackage } from "./packed-projects.mts";
import { toolchainEnvironment } from "./project.mts";
import { ShellFolder, unattendedPulumi } from "./shell-folder.mts";

const repository = resolve(import.meta.dirname, "../../..");

/** What Pulumi programs in TypeScript have. */
const pulumiPackages = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/tls", "@types/node", "typescript"];

/** What is in a scratch project, and around it. */
export interface ScratchOptions {
  /** The contexts of the administrator's kubeconfig, each with its cluster's name. Default: prod. */
  readonly contexts?: readonly string[];
  /** Path of the kubeconfig of the cluster. Default: the tests' own. */
  readonly kubeconfig?: string;
  /** Packages beside the packed one. Default: those of Pulumi programs. */
  readonly packages?: readonly string[];
}

/**
 * What a reader of the pages has: a project outside the repository with the packed npm package, the command in PATH, a
 * home with nothing in it, and an administrator's kubeconfig in KUBECONFIG.
 */
export class Scratch extends ShellFolder {
  static async create({
    contexts = ["prod"],
    kubeconfig = String(process.env["KUBECONFIG"]),
    packages = pulumiPackages,
  }: ScratchOptions = {}): Promise<Scratch> {
    const world = await mkdtemp(join(tmpdir(), "kubernetes-user-scratch-"));
    const project = join(world, "project");
    const own = join(project, "node_modules/kubernetes-user");
    await mkdir(own, { recursive: true });
    await unpackPackage(own);
    const { dependencies } = await manifestOf(own);
    for (const name of [...Object.keys(dependencies ?? {}), ...packages]) {
      await linkPackage(name, join(repository, "node_modules", name), project);
    }
    const global = join(world, "bin");
    await linkCommands("kubernetes-user", own, join(project, "node_modules/.bin"));
    await linkCommands("kubernetes-user", own, global);
    await writeFile(join(project, "package.json"), JSON.stringify({ name: "scratch", main: "index.ts" }));
    const administrator = join(world, "administrator.kubeconfig");
    const files = Object.fromEntries(contexts.map((name) => [name, kubeconfig]));
    await writeFile(administrator, await oneKubeconfig(files), { mode: 0o600 });
    await mkdir(join(world, "home"));
    return new Scratch(project, {
      ...(await makeBackend(join(world, "pulumi"), toolchainEnvironment())),
      HOME: join(world, "home"),
      KUBECONFIG: administrator,
      PATH: [global, process.env["PATH"]].join(delimiter),
      NODE_OPTIONS: "",
      // Nothing comes from a registry.
      npm_config_registry: "http://127.0.0.1:9",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...unattendedPulumi,
      // test/unit/docs/code-blocks.test.ts checks the types.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    });
  }

  /** Makes it a Pulumi project with this program and a stack, or replaces the program. */
  async program(text: string): Promise<void> {
    const isNew = !this.hasStack;
    await this.write("index.ts", text);
    if (isNew) {
      await this.write("Pulumi.yaml", "name: scratch\nruntime: nodejs\n");
      const tsconfig = join(repository, "examples/quickstart/tsconfig.json");
      await copyFile(tsconfig, join(this.folder, "tsconfig.json"));
      await this.sh("pulumi stack init dev");
      this.hasStack = true;
    }
  }

  /** Another reader of the same project: an empty folder in it, and a home of one's own. */
  async reader(name: string): Promise<ShellFolder> {
    const folder = join(this.folder, name);
    const home = join(dirname(this.folder), `home-${name}`);
    await mkdir(folder);
    await mkdir(home);
    return new ShellFolder(folder, { ...this.environment, HOME: home });
  }

  private hasStack = false;

  override async [Symbol.asyncDispose](): Promise<void> {
    await rm(dirname(this.folder), { recursive: true, force: true, maxRetries: 3 });
  }
}
