import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { version } from "@pulumi/pulumi/version.js";

import { messageOf } from "../../errors.mts";
import { onEngineGone, serve } from "../server.mts";
import { killAll } from "./program.mts";
import { languageRuntime } from "./service.mts";

/**
 * A stub of the Node.js language host, not the official one: the engine starts it with its address, reads the port from
 * the first line and calls the LanguageRuntime service.
 */
async function main([address = "", ...others]: readonly string[]): Promise<void> {
  if (/^--?version$/.test(address)) {
    process.stdout.write(`${version}\n`);
    return;
  }
  if (address.startsWith("-") || others.length > 0) {
    throw new Error(`expected the engine's address alone, got ${[address, ...others].join(" ")}: not in this stub`);
  }
  // Programs must not outlive their host, whatever ends it.
  process.once("exit", killAll);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  onEngineGone(() => process.exit(0));
  await serve(LanguageRuntimeService, languageRuntime(address));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${messageOf(error)}\n`);
  process.exit(1);
});
