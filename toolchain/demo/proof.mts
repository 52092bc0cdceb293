import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { DemoError } from "./demo-error.mts";
import { type Steps } from "./steps.mts";

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
