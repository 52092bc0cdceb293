import { chmod } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { ToolchainError } from "../errors.mts";

/** The entry of each stub, by the name of the official program. */
const entries: Readonly<Record<string, string>> = {
  "pulumi-language-nodejs": "language-host/main.mts",
  "pulumi-resource-tls": "tls/main.mts",
};

/** Writes a stub as one executable that needs nothing but Node 22 or newer. */
export async function bundleStub(name: string, file: string): Promise<void> {
  const entry = entries[name];
  if (entry === undefined) throw new ToolchainError(`${name}: no source has it, and there is no stub for it`);
  await build({
    absWorkingDir: join(import.meta.dirname, "../.."),
    entryPoints: [join(import.meta.dirname, entry)],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    banner: { js: "#!/usr/bin/env node" },
    // Loading it is most of a stub's start.
    minify: true,
    legalComments: "none",
    // Only gRPC's own introspection services load it, and nothing here serves those.
    external: ["@grpc/proto-loader"],
    logLevel: "warning",
  });
  await chmod(file, 0o755);
}
