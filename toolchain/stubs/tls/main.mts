import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";

import { messageOf } from "../../errors.mts";
import { onEngineGone, serve } from "../server.mts";
import { pluginVersion, resourceProvider } from "./service.mts";

/**
 * A stub of the tls plugin, not the official one: the engine starts it, reads the port from the first line and calls
 * the ResourceProvider service. The engine's address, the argument, is not needed: nothing is logged.
 */
async function main(args: readonly string[]): Promise<void> {
  if (args.some((argument) => /^--?version$/.test(argument))) {
    process.stdout.write(`${pluginVersion}\n`);
    return;
  }
  onEngineGone(() => {
    // process.exit would wait for a key that is being generated for nobody.
    process.kill(process.pid, "SIGTERM");
  });
  await serve(ResourceProviderService, resourceProvider());
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${messageOf(error)}\n`);
  process.exit(1);
});
