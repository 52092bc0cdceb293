import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import { makeBackend } from "@kubernetes-user/toolchain";
import { Script } from "../../pages/script.mts";
import { codeBlocksOf } from "../../unit/support/markdown-pages.ts";
import { toolchainEnvironment } from "./project.mts";
import { linkPackage, manifestOf } from "./linked-packages.mts";
import { ShellFolder, unattendedPulumi } from "./shell-folder.mts";

/** The folder of all examples. */
export const examples = resolve(import.meta.dirname, "../../../examples");

/** A certificate's state, as far as tests look at it. */
export interface Certificate {
  readonly serialNumber?: string;
  readonly credentialId?: string;
}

interface Resource {
  readonly type: string;
  readonly outputs?: Certificate;
}

/** A copy of an example, in which a test does what its README says, in a backend of its own. */
export class Example extends ShellFolder {
  /** Copies an example and installs what its package.json names, and nothing else. */
  static async copy(name: string, environment: Readonly<Record<string, string>> = {}): Promise<Example> {
    const world = await mkdtemp(join(tmpdir(), "kubernetes-user-example-"));
    const folder = await copy(name, world);
    const backend = await makeBackend(join(world, "pulumi"), { ...toolchainEnvironment(), ...environment });
    return new Example(folder, {
      ...backend,
      ...unattendedPulumi,
      // test/tools/examples.test.mts checks the types, once for each example.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    });
  }

  /** Copies another example beside this one, which goes with it. */
  async beside(name: string): Promise<Example> {
    return new Example(await copy(name, dirname(this.folder)), this.environment);
  }

  /** The README, as a page of the repository. */
  get page(): string {
    return join("examples", basename(this.folder), "README.md");
  }

  /** The commands of README.md that a test has to run: a script for each block, in order. */
  commands(test: string): readonly Script[] {
    return Script.of(this.page, test);
  }

  /** What README.md shows to be printed. */
  shown(): readonly string[] {
    const blocks = codeBlocksOf(this.page).filter(({ language }) => language === "text");
    return blocks.flatMap(({ code }) => code.trim().split("\n"));
  }

  /** Changes a file's text; throws when that changes nothing. */
  async edit(file: string, pattern: string | RegExp, replacement: string): Promise<void> {
    const text = await this.read(file);
    const edited = text.replace(pattern, replacement);
    if (edited === text) {
      throw new Error(`${file} has no ${String(pattern)}`);
    }
    await writeFile(join(this.folder, file), edited);
  }

  /** The outputs of the selected stack, secrets in clear. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const outputs: unknown = JSON.parse(await this.sh("pulumi stack output --json --show-secrets"));
    return { ...(typeof outputs === "object" ? outputs : {}) };
  }

  /** The types of what the selected stack has. */
  async types(): Promise<readonly string[]> {
    return (await this.resources()).map(({ type }) => type);
  }

  /** The certificates that the selected stack has. */
  async certificates(): Promise<readonly Certificate[]> {
    const resources = await this.resources();
    return resources
      .filter(({ type }) => type.endsWith(":CertificateSigningRequest"))
      .map(({ outputs }) => outputs ?? {});
  }

  private async resources(): Promise<readonly Resource[]> {
    const { deployment } = JSON.parse(await this.sh("pulumi stack export")) as {
      deployment: { resources?: readonly Resource[] };
    };
    return deployment.resources ?? [];
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await rm(dirname(this.folder), { recursive: true, force: true });
  }
}

/** Copies an example into a folder, with the packages that its package.json names. */
async function copy(name: string, world: string): Promise<string> {
  const folder = join(world, name);
  const modules = join(examples, name, "node_modules");
  await cp(join(examples, name), folder, { recursive: true, filter: (path) => path !== modules });
  if (existsSync(join(folder, "package.json"))) {
    await install(join(examples, name), folder);
  }
  return folder;
}

/** Links the packages that a package.json names. */
async function install(from: string, to: string): Promise<void> {
  const { dependencies, devDependencies } = await manifestOf(from);
  const places = createRequire(join(from, "package.json")).resolve.paths("_") ?? [];
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const source = places.map((place) => join(place, name)).find((place) => existsSync(place));
    if (source === undefined) {
      throw new Error(`${name} is not installed in ${places.join(", ")}`);
    }
    await linkPackage(name, source, to);
  }
}
