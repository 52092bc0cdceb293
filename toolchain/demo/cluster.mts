import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import { keepControlPlane } from "../control-plane/cluster-commands.mts";
import { startControlPlane } from "../control-plane/control-plane.mts";
import type { DemoArguments } from "./arguments.mts";
import { DemoError, type Steps, whatWillBeMade } from "./output.mts";
import type { Toolchain } from "../toolchain.mts";

/** The cluster that the quickstart's user gets access to. */
export interface DemoCluster {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly context: string | undefined;
  /** Ends it, if the demo started it. */
  stop(): Promise<void>;
  /** Lets it live on; answers the command that ends it, if there is one. */
  keep(name: string): Promise<string | undefined>;
}

/** Takes the cluster of the user's choice, after saying what will be made there; else starts one. */
export async function findCluster(
  args: DemoArguments,
  { programs }: Toolchain,
  steps: Steps,
  signal: AbortSignal,
): Promise<DemoCluster> {
  if (args.kubeconfig !== undefined) {
    // npm runs scripts in the package's folder, and says where it was called.
    const kubeconfig = resolve(process.env["INIT_CWD"] ?? ".", args.kubeconfig);
    await stat(kubeconfig).catch(() => {
      throw new DemoError(
        `--kubeconfig: there is no file ${kubeconfig}. Name your cluster's administrator's kubeconfig.`,
      );
    });
    console.log(whatWillBeMade(kubeconfig, args.context));
    return { kubeconfig, context: args.context, stop: () => Promise.resolve(), keep: () => Promise.resolve(undefined) };
  }
  const controlPlane = await steps.step("Start a Kubernetes control plane on 127.0.0.1", () =>
    startControlPlane({ programs, log: steps.detail, signal }),
  );
  return {
    kubeconfig: controlPlane.kubeconfig,
    context: undefined,
    stop: () => controlPlane.stop(),
    keep: async (name) => {
      await keepControlPlane(name, controlPlane, signal);
      return `npm run cluster -- stop --name ${name}`;
    },
  };
}
