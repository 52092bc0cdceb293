import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { version } from "@pulumi/pulumi/version.js";

import { Children } from "./children.mts";
import { languageRuntime } from "./service.mts";
import { type GoFlags, parseGoFlags } from "./options.mts";
import { onEngineGone, serve } from "../shared/server.mts";

/**
 * A stub of the Node.js language host, not the official one: the engine starts it with its address,
 * reads the port from the first line and calls the LanguageRuntime service.
 */
async function main(args: readonly string[]): Promise<void> {
  const flags = parse(args);
  if (flags.values.get("version") === "true") {
    process.stdout.write(`${version}\n`);
    return;
  }
  const runtime = flags.values.get("runtime") ?? "nodejs";
  if (runtime !== "nodejs") exitWith(`unsupported runtime: ${runtime}`);

  const children = new Children();
  // Programs must not outlive their host, whatever ends it.
  process.once("exit", () => {
    children.kill();
  });
  onEngineGone(() => {
    process.exit(0);
  });

  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      process.exit(1);
    });
  }

  await serve(
    LanguageRuntimeService,
    languageRuntime({ engineAddress: flags.positional[0] ?? "", tracing: flags.values.get("tracing") ?? "", children }),
  );
}

function parse(args: readonly string[]): GoFlags {
  try {
    return parseGoFlags(args, { valued: ["tracing", "runtime"], switches: ["version"] });
  } catch (error) {
    return exitWith(error instanceof Error ? error.message : String(error));
  }
}

function exitWith(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  exitWith(error instanceof Error ? error.message : String(error));
});
