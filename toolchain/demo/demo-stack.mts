import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { PulumiStack } from "../pulumi-stack.mts";
import { type DemoCluster } from "./demo-cluster.mts";
import { DemoError } from "./demo-error.mts";
import { type Steps } from "./steps.mts";

const repository = resolve(import.meta.dirname, "../..");

/** Makes a stack of the root project, with its state in a folder of its own. */
export async function makeStack(
  folder: string,
  toolchain: Readonly<Record<string, string>>,
  { kubeconfig }: DemoCluster,
): Promise<PulumiStack> {
  return PulumiStack.create({
    project: repository,
    folder: join(folder, "pulumi"),
    stack: `demo-${randomBytes(3).toString("hex")}`,
    environment: { ...toolchain, KUBECONFIG: kubeconfig },
  });
}

/** Tells the stack which context of the kubeconfig is meant. */
export async function chooseContext(stack: PulumiStack, { context }: DemoCluster): Promise<void> {
  if (context !== undefined) {
    await stack.run(stack.on("config", "set", "kubernetes:context", context));
  }
}

/** Runs `pulumi up` and tells of each resource that it makes. */
export async function declareUser(stack: PulumiStack, steps: Steps, signal: AbortSignal): Promise<void> {
  const { exitCode, output } = await stack.pulumi(stack.on("up", "--yes", "--skip-preview"), {
    signal,
    onLine: (line) => {
      const made = /^ \+\s+(\S+) (\S+) created/.exec(line);
      if (made?.[1] !== undefined && made[2] !== undefined) {
        steps.detail(`made ${made[1].replace(/^.*[:/]/, "")} ${made[2]}`);
      }
    },
  });
  signal.throwIfAborted();
  if (exitCode !== 0) {
    throw new DemoError(`pulumi up failed.\n${diagnostics(output)}`);
  }
}

/** The part of pulumi's output that says what went wrong. */
function diagnostics(output: string): string {
  const start = output.indexOf("Diagnostics:");
  const end = output.indexOf("\nResources:", start);
  return start === -1 ? output : output.slice(start, end === -1 ? undefined : end).trimEnd();
}

/** Writes the stack's kubeconfig where only its owner can read it, and never over a file that exists. */
export async function writeKubeconfig(stack: PulumiStack, folder: string, steps: Steps): Promise<string> {
  const { kubeconfig } = await stack.outputs();
  if (typeof kubeconfig !== "string") {
    throw new DemoError("The stack has no output named kubeconfig. Does examples/quickstart still export it?");
  }
  const path = join(folder, "kubeconfig");
  await writeFile(path, kubeconfig, { mode: 0o600, flag: "wx" });
  steps.detail(path);
  return path;
}

/**
 * Takes away what the stack made, the stack, and its settings file in the repository. In a cluster that goes as well,
 * there is nothing to take away.
 */
export async function removeStack(stack: PulumiStack, clusterStays: boolean): Promise<void> {
  if (clusterStays) {
    await stack.run(stack.on("destroy", "--yes", "--skip-preview"));
  }
  await stack.run(["stack", "rm", stack.name, "--yes", "--force"]);
}
