import { parseArgs } from "node:util";

import { requireDuration } from "./control-plane.mts";
import { messageOf } from "../errors.mts";

/** What `npm run cluster` was asked to do. */
export type ClusterArguments =
  | { readonly command: "help" }
  | { readonly command: "stop" | "status"; readonly name: string }
  | { readonly command: "start"; readonly name: string; readonly signingDuration?: string };

/** The words make no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** How to call the command. */
export const clusterUsage = `Usage: npm run cluster -- start|stop|status [--name NAME] [--signing-duration DURATION]

A Kubernetes control plane on 127.0.0.1, without nodes, that issues client certificates.

  start    start it; it runs until it is stopped
  stop     stop it and delete all its data
  status   tell whether it runs; exit code 0 if it does, 3 if not

  --name NAME                   which one, if there are to be several (default: "default")
  --signing-duration DURATION   the longest lifetime of issued certificates, e.g. 1h (start only; default: a year)`;

/** Reads the command's words. */
export function parseClusterArguments(words: readonly string[]): ClusterArguments {
  const { values, positionals } = parse(words);
  if (values.help === true) return { command: "help" };
  const [command, ...more] = positionals;
  if (command !== "start" && command !== "stop" && command !== "status") {
    throw new UsageError(`expected start, stop or status, got ${command === undefined ? "nothing" : quote(command)}`);
  }
  if (more.length > 0) throw new UsageError(`${command}: unexpected ${more.map(quote).join(" ")}`);
  const { name = "default", "signing-duration": signingDuration } = values;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    throw new UsageError(`--name: expected up to 40 lower-case letters, digits and inner dashes, got ${quote(name)}`);
  }
  if (signingDuration === undefined) return { command, name };
  if (command !== "start") throw new UsageError(`--signing-duration: goes with start, not with ${command}`);
  try {
    requireDuration("--signing-duration", signingDuration);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  return { command, name, signingDuration };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        name: { type: "string" },
        "signing-duration": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    // "Unknown option '--x'. To specify a positional argument starting with …": the first sentence says it all.
    const message = messageOf(error);
    throw new UsageError(message.split(". ")[0] ?? message);
  }
}

function quote(word: string): string {
  return JSON.stringify(word);
}
