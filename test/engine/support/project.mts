import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type PulumiRun, PulumiStack } from "@kubernetes-user/toolchain";
import { command, type CommandResult } from "./commands.mts";
import { findSecrets } from "./secrets.mts";

const repository = resolve(import.meta.dirname, "../../..");

/** What programs have at hand. */
const prelude = `
const pulumi = require("@pulumi/pulumi");
const kubernetes = require("@pulumi/kubernetes");
const { KubernetesUser, KubernetesUserError, mergeKubeconfigs } = require("kubernetes-user");
`;

/** A Pulumi project of a test's own, with one stack. It finds the package as an installed one. */
export class Project implements AsyncDisposable {
  readonly folder: string;
  readonly stack: PulumiStack;

  protected constructor(folder: string, stack: PulumiStack) {
    this.folder = folder;
    this.stack = stack;
  }

  /**
   * @param program JavaScript, with pulumi, kubernetes, KubernetesUser and mergeKubeconfigs at hand; `exports` are the
   * stack's outputs.
   * @param environment laid over the test's own.
   */
  static async create(program: string, environment: Readonly<Record<string, string>> = {}): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-test-"));
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "test", main: "index.js" }));
    await writeFile(
      join(folder, "Pulumi.yaml"),
      "name: test\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    );
    await writeFile(join(folder, "index.js"), prelude + program);
    return new Project(folder, await newStack(folder, environment));
  }

  /** Replaces the program. */
  async write(program: string): Promise<void> {
    await writeFile(join(this.folder, "index.js"), prelude + program);
  }

  /** Writes a file beside the program and returns its path. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  /** `pulumi up`; throws with its output when it fails. */
  async up(...args: readonly string[]): Promise<PulumiRun> {
    return succeed(await this.stack.up(...args));
  }

  /** The state as it is in the backend, secrets encrypted: what `pulumi stack export` prints, without a process for it. */
  async state(): Promise<StateResource[]> {
    const path = join(this.folder, "pulumi/state/.pulumi/stacks/test/test.json");
    const { checkpoint } = JSON.parse(await readFile(path, "utf8")) as {
      checkpoint: { latest?: { resources?: StateResource[] } };
    };
    return checkpoint.latest?.resources ?? [];
  }

  /** kubectl with a kubeconfig that the program exports. */
  async kubectlAs(kubeconfig: unknown, args: string): Promise<CommandResult> {
    const path = await this.file("user-kubeconfig", String(kubeconfig));
    return command("kubectl", args.split(" "), "", { KUBECONFIG: path });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Files that Pulumi has written for the stack (state, backups, history, logs) and that show one of the secrets. */
  async secretsOnDisk(secrets: readonly string[]): Promise<string[]> {
    const files = await readdir(join(this.folder, "pulumi"), { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    const contents = await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "latin1") })));
    return contents.filter(({ text }) => findSecrets(secrets, text).length > 0).map(({ path }) => path);
  }
}

/** A resource of a state, as far as tests look at it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** URNs. */
  readonly dependencies?: readonly string[];
  /** Where it is made in the program, such as `project:///index.ts#3,7`. */
  readonly sourcePosition?: string;
}

/** Passes a run on that succeeded; throws with its output otherwise. */
export function succeed(run: PulumiRun): PulumiRun {
  if (run.exitCode !== 0) {
    throw new Error(`pulumi failed (exit code ${run.exitCode}):\n${run.output}`);
  }
  return run;
}

/** What a run did: `{ created: 7 }`, or `{ "to create": 7 }` for a preview. */
export function summary({ output }: PulumiRun): Readonly<Record<string, number>> {
  const block = output.slice(output.indexOf("\nResources:"));
  const counts = [...block.matchAll(/^ +(?:[-+~><*]+ ?)?(\d+) ([a-z ]+)$/gm)];
  return Object.fromEntries(counts.map(([, count, what]) => [what ?? "", Number(count)]));
}

/** The toolchain's variables, which the test runner has laid over ours. */
export function toolchainEnvironment(): Readonly<Record<string, string>> {
  return { PULUMI_HOME: given("PULUMI_HOME") };
}

/**
 * A stack for a project whose name is `test`, with its state in the project's folder: a copy of the one that the test
 * runner has made, since running `pulumi stack init` for each test took longer than many of them.
 */
export function newStack(project: string, environment: Readonly<Record<string, string>>): Promise<PulumiStack> {
  const original = given("KUBERNETES_USER_TEST_STACK");
  return PulumiStack.copy(
    { project: original, folder: join(original, "pulumi") },
    {
      project,
      folder: join(project, "pulumi"),
      stack: "test",
      environment: { ...toolchainEnvironment(), ...environment },
    },
  );
}

/** A variable of the test runner. */
function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error("The engine tests need a toolchain and a control plane: run them with `npm test -- engine`.");
  }
  return value;
}
