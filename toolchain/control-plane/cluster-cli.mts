/** `npm run cluster`: a control plane to try things with, which lives until it is stopped. */
import { parseArgs } from "node:util";

import { messageOf } from "../errors.mts";
import { watchInterruption } from "../processes.mts";
import { printClusterStatus, startCluster, stopCluster } from "./cluster-commands.mts";
import { requireDuration } from "./control-plane.mts";

const usage = `Usage: npm run cluster -- start|stop|status [--name NAME] [--signing-duration DURATION]

A Kubernetes control plane on 127.0.0.1, without nodes, that issues client certificates.

  start    start it; it runs until it is stopped
  stop     stop it and delete all its data
  status   tell whether it runs; exit code 0 if it does, 3 if not

  --name NAME                   which one, if there are to be several (default: "default")
  --signing-duration DURATION   the longest lifetime of issued certificates, e.g. 1h (start only; default: a year)`;

const commands = { start: startCluster, stop: stopCluster, status: printClusterStatus };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let words: ReturnType<typeof readWords>;
  try {
    words = readWords(args);
  } catch (error) {
    console.error(`cluster: ${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (words === undefined) {
    console.log(usage);
    return 0;
  }
  const interruption = watchInterruption();
  const { command, ...options } = words;
  try {
    return await commands[command]({ ...options, signal: interruption.signal });
  } catch (error) {
    console.error(`cluster: ${messageOf(error)}`);
    return interruption.exitCode ?? 1;
  }
}

/** Undefined where help is asked for. */
function readWords(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: "string", default: "default" },
      "signing-duration": { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return undefined;
  const [command = "nothing", ...more] = positionals;
  if (command !== "start" && command !== "stop" && command !== "status") {
    throw new Error(`expected start, stop or status, got ${JSON.stringify(command)}`);
  }
  if (more.length > 0) throw new Error(`${command}: unexpected ${more.join(" ")}`);
  const { name, "signing-duration": signingDuration } = values;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    throw new Error(
      `--name: expected up to 40 lower-case letters, digits and inner dashes, got ${JSON.stringify(name)}`,
    );
  }
  if (signingDuration === undefined) return { command, name } as const;
  if (command !== "start") throw new Error(`--signing-duration: goes with start, not with ${command}`);
  requireDuration("--signing-duration", signingDuration);
  return { command, name, signingDuration } as const;
}
