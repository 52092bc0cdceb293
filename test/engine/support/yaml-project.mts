import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { PulumiStack } from "@kubernetes-user/toolchain";
import { buildPlugin } from "../../../packaging/plugin.mts";
import { toolchainEnvironment } from "./project.mts";

/** A Pulumi YAML project of a test's own, with one stack, that has the plugin. */
export class YamlProject implements AsyncDisposable {
  readonly folder: string;
  readonly stack: PulumiStack;

  private constructor(folder: string, stack: PulumiStack) {
    this.folder = folder;
    this.stack = stack;
  }

  /** @param program what stands below the project's name and runtime: YAML, or JSON, which is YAML. */
  static async create(program: object, plugin: string): Promise<YamlProject> {
    const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-test-"));
    await writeProgram(folder, program);
    const stack = await PulumiStack.create({
      project: folder,
      folder: join(folder, "pulumi"),
      stack: "test",
      environment: { ...toolchainEnvironment(), PATH: [plugin, process.env["PATH"]].join(delimiter) },
    });
    return new YamlProject(folder, stack);
  }

  /** Replaces the program. */
  async write(program: object): Promise<void> {
    await writeProgram(this.folder, program);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function writeProgram(folder: string, program: object): Promise<void> {
  return writeFile(join(folder, "Pulumi.yaml"), JSON.stringify({ name: "test", runtime: "yaml", ...program }));
}

/** Builds the plugin into a folder of its own. */
export async function pluginFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-test-plugin-"));
  await buildPlugin(folder, { os: "linux" });
  return folder;
}
