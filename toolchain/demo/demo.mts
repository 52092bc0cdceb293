import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { DemoArguments } from "./arguments.mts";
import { findCluster } from "./cluster.mts";
import { type Steps, whatIsKept, whatIsLeft, whatToTryNext } from "./output.mts";
import { chooseContext, declareUser, makeStack, prove, removeStack, writeKubeconfig } from "./stack.mts";
import { prepareToolchain } from "../toolchain.mts";

/**
 * Gives the quickstart's user access to a cluster and proves it. What it made is gone when this resolves or rejects,
 * unless all went well and it was asked to keep it.
 */
export async function runDemo(args: DemoArguments, steps: Steps, signal: AbortSignal): Promise<void> {
  const undo = new AsyncDisposableStack();
  let kept = false;
  try {
    const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-demo-"));
    undo.defer(() => (kept ? Promise.resolve() : rm(folder, { recursive: true, force: true })));

    const toolchain = await steps.step("Get Pulumi, its plugins and a control plane ready", () =>
      prepareToolchain({ log: steps.detail, signal }),
    );
    const cluster = await findCluster(args, toolchain, steps, signal);
    undo.defer(() => cluster.stop());
    const stack = await makeStack(folder, toolchain.environment, cluster);
    const byHand = [
      `pulumi destroy --yes --stack ${stack.name}`,
      `pulumi stack rm --yes ${stack.name}`,
      `rm -r ${folder}`,
    ];
    undo.defer(async () => {
      try {
        await removeStack(stack, args.kubeconfig !== undefined);
      } catch (error) {
        // The stack knows what is in a cluster that stays: without it nobody could take that away.
        kept = true;
        console.error(whatIsLeft(stack, byHand));
        throw error;
      }
    });
    await chooseContext(stack, cluster);

    await steps.step("Declare the user: pulumi up of examples/quickstart", () => declareUser(stack, steps, signal));
    const kubeconfig = await steps.step("Write the user's kubeconfig", () => writeKubeconfig(stack, folder, steps));
    await steps.step("Ask the cluster, as the new user", () => prove(toolchain.programs.kubectl, kubeconfig, steps));

    if (args.keep) {
      const stop = await cluster.keep(stack.name);
      kept = true;
      console.log(whatIsKept(stack, kubeconfig, stop === undefined ? byHand : [...byHand, stop]));
    }
  } finally {
    if (!kept) {
      await steps.step("Clean up", () => undo.disposeAsync());
    }
  }
  if (!kept) {
    console.log(whatToTryNext(steps.total));
  }
}
