import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import type { DemoCluster } from "./cluster.mts";
import { DemoError, type Steps } from "./output.mts";
import { PulumiStack } from "../pulumi-stack.mts";

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
  const { exitCode, output } = await stack.pulumi(stack.on("up"), {
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
    await stack.run(stack.on("destroy"));
  }
  await stack.run(["stack", "rm", stack.name, "--yes", "--force"]);
}

/** What the quickstart's user may do, and what not. */
const questions = [
  { args: ["auth", "whoami"], allowed: true },
  { args: ["get", "pods", "--namespace", "default"], allowed: true },
  { args: ["auth", "can-i", "delete", "pods", "--namespace", "default"], allowed: true },
  { args: ["get", "secrets", "--namespace", "default"], allowed: false },
  { args: ["get", "pods", "--namespace", "kube-system"], allowed: false },
];

/** Lets kubectl ask the cluster as the new user, and compares the answers with what was declared. */
export async function prove(program: string, kubeconfig: string, steps: Steps): Promise<void> {
  for (const { args, allowed } of questions) {
    const { succeeded, said } = await kubectl(program, kubeconfig, args);
    steps.detail(`$ kubectl ${args.join(" ")}`);
    said.split("\n").forEach((line) => {
      steps.detail(`  ${line}`);
    });
    if (succeeded !== allowed) {
      throw new DemoError(`kubectl ${args.join(" ")}: expected the cluster to ${allowed ? "allow" : "refuse"} it.`);
    }
  }
}

async function kubectl(
  program: string,
  kubeconfig: string,
  args: readonly string[],
): Promise<{ succeeded: boolean; said: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args, "--kubeconfig", kubeconfig]);
    return { succeeded: true, said: (stdout + stderr).trimEnd() };
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    return { succeeded: false, said: said.trimEnd() };
  }
}
