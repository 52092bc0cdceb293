import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Writes the language host as one executable that needs nothing but Node 22 or newer.
 *
 * @param file where to: `…/pulumi-language-nodejs`
 */
export async function bundleLanguageHost(file: string): Promise<void> {
  await bundle("language-host/main.mts", file);
}

/**
 * Writes the tls plugin as one executable that needs nothing but Node 22 or newer.
 *
 * @param file where to: `…/pulumi-resource-tls`
 */
export async function bundleTlsPlugin(file: string): Promise<void> {
  await bundle("tls/main.mts", file);
}

async function bundle(entry: string, file: string): Promise<void> {
  const root = join(import.meta.dirname, "..", "..");
  await build({
    absWorkingDir: root,
    entryPoints: [join(import.meta.dirname, entry)],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    banner: { js: "#!/usr/bin/env node" },
    // Loading it is most of a stub's start. Minified it also names no paths, so that its hash is the same anywhere.
    minify: true,
    legalComments: "none",
    sourcemap: false,
    // Only gRPC's own introspection services load it, and nothing here serves those.
    external: ["@grpc/proto-loader"],
    logLevel: "warning",
  });
  await chmod(file, 0o755);
}
