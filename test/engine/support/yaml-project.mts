import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { buildPlugin } from "../../../packaging/plugin.mts";
import { command, kubectl } from "./commands.mts";
import { Project, newStack } from "./project.mts";

/** A Pulumi YAML project of a test's own, with one stack, that has the plugin. */
export class YamlProject extends Project {
  /**
   * @param program of {@link yaml}
   * @param plugin folder with the plugin; empty when the program names it
   */
  static async of(program: string, plugin: string): Promise<YamlProject> {
    const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-test-"));
    await writeFile(join(folder, "Pulumi.yaml"), program);
    const path = [plugin, process.env["PATH"]].filter((part) => part !== "").join(delimiter);
    return new YamlProject(folder, await newStack(folder, { PATH: path }));
  }

  override async write(program: string): Promise<void> {
    await writeFile(join(this.folder, "Pulumi.yaml"), program);
  }
}

/** A YAML program; of a project's file, the part that the language reads. JSON is YAML. */
export function yaml(program: {
  readonly variables?: object;
  readonly plugins?: object;
  readonly resources: Readonly<Record<string, object>>;
  readonly outputs?: object;
}): string {
  return JSON.stringify({ name: "test", runtime: "yaml", ...program }, null, 2);
}

/** A user in a YAML program. */
export function user(properties: object, options: object = {}): object {
  return { type: "kubernetes-user:KubernetesUser", properties, options };
}

/** The plugin, built into a folder of its own. */
export class BuiltPlugin implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async build(): Promise<BuiltPlugin> {
    const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-test-plugin-"));
    await buildPlugin(folder, { os: "linux" });
    return new BuiltPlugin(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What YAML says is wrong with which resource, without what it says of those that it broke off. */
export function problems(output: string): Readonly<Record<string, string>> {
  const all = [
    ...output.matchAll(/error: kubernetes-user:index:KubernetesUser resource '(\w+)' has a problem: (.*)$/gm),
  ];
  return Object.fromEntries(
    all
      .filter(([, , problem = ""]) => !problem.startsWith("grpc: "))
      .map(([, name = "", problem = ""]) => [name, problem]),
  );
}

/** Approves all requests of a user, as an administrator. */
export async function approve(username: string): Promise<void> {
  const names = (await kubectl("get csr -o name")).split("\n").filter((name) => name.includes(`/${username}-`));
  for (const name of names) {
    await command("kubectl", ["certificate", "approve", name.replace(/^.*\//, "")]);
  }
}
