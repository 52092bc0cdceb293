/** `npm run cluster`: a control plane to try things with, which lives until it is stopped. */
import { constants } from "node:os";

import { type ClusterArguments, clusterUsage, parseClusterArguments, UsageError } from "./cluster-arguments.mts";
import { printClusterStatus, startCluster, stopCluster } from "./cluster-commands.mts";
import { messageOf } from "./errors.mts";

const interruption = new AbortController();
let interruptedBy: "SIGINT" | "SIGTERM" | undefined;
process.exitCode = await main();

async function main(): Promise<number> {
  try {
    return await run(parseClusterArguments(process.argv.slice(2)));
  } catch (error) {
    console.error(`cluster: ${messageOf(error)}`);
    if (error instanceof UsageError) {
      console.error(`\n${clusterUsage}`);
      return 2;
    }
    return interruptedBy === undefined ? 1 : 128 + constants.signals[interruptedBy];
  }
}

function run(words: ClusterArguments): Promise<number> | number {
  switch (words.command) {
    case "help":
      console.log(clusterUsage);
      return 0;
    case "start":
      cleanUpWhenInterrupted();
      return startCluster({ ...words, print: console.log, log: console.error, signal: interruption.signal });
    case "stop":
      return stopCluster(words.name, console.log);
    case "status":
      return printClusterStatus(words.name, console.log);
  }
}

function cleanUpWhenInterrupted(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      interruptedBy ??= signal;
      interruption.abort(new Error(`stopped by ${signal}`));
    });
  }
}
