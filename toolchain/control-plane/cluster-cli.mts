/** `npm run cluster`: a control plane to try things with, which lives until it is stopped. */
import { type Interruption, watchInterruption } from "../processes.mts";
import { type ClusterArguments, clusterUsage, parseClusterArguments, UsageError } from "./cluster-arguments.mts";
import { printClusterStatus, startCluster, stopCluster } from "./cluster-commands.mts";
import { messageOf } from "../errors.mts";

process.exitCode = await main();

async function main(): Promise<number> {
  let interruption: Interruption | undefined;
  try {
    const words = parseClusterArguments(process.argv.slice(2));
    // Only a start has something to clean up.
    interruption = words.command === "start" ? watchInterruption() : undefined;
    return await run(words, interruption?.signal ?? new AbortController().signal);
  } catch (error) {
    console.error(`cluster: ${messageOf(error)}`);
    if (error instanceof UsageError) {
      console.error(`\n${clusterUsage}`);
      return 2;
    }
    return interruption?.exitCode ?? 1;
  }
}

function run(words: ClusterArguments, signal: AbortSignal): Promise<number> | number {
  switch (words.command) {
    case "help":
      console.log(clusterUsage);
      return 0;
    case "start":
      return startCluster({ ...words, print: console.log, log: console.error, signal });
    case "stop":
      return stopCluster(words.name, console.log);
    case "status":
      return printClusterStatus(words.name, console.log);
  }
}
