import { parseArgs } from "node:util";

export const usage = `Usage: npm run demo -- [options]

Gives a new user access to a cluster, proves it, and cleans up. Without options the
cluster is one of its own, on this machine.

  --keep             leave the cluster and the stack, to play with
  --kubeconfig FILE  use the cluster of this kubeconfig instead
  --context NAME     the context of that kubeconfig (default: its current-context)
  --help             show this`;

/** What the demo is asked to do. */
export interface DemoArguments {
  readonly keep: boolean;
  /** A cluster of the user's; undefined for one that the demo starts. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly help: boolean;
}

/** Says what is wrong with the words of the command line. */
export class UsageError extends Error {}

/** Reads the command line. @throws UsageError */
export function readArguments(words: readonly string[]): DemoArguments {
  const { keep, kubeconfig, context, help } = parse(words);
  if (context !== undefined && kubeconfig === undefined) {
    throw new UsageError("--context: goes with --kubeconfig only. Name the kubeconfig that has the context.");
  }
  return { keep: keep ?? false, kubeconfig, context, help: help ?? false };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        keep: { type: "boolean" },
        kubeconfig: { type: "string" },
        context: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
