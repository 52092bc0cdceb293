import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { bundleProgram, packFolder, packageVersion, root } from "./bundles.mts";

/** What the plugin is called, as a program and in the names of its archives. */
const program = "pulumi-resource-kubernetes-user";

/** A platform as Pulumi names it. The plugin is the same for all but in how it is started. */
export interface Platform {
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
}

/** Every platform that Pulumi downloads plugins for. */
export const allPlatforms: readonly Platform[] = (["linux", "darwin", "windows"] as const).flatMap((os) =>
  (["amd64", "arm64"] as const).map((arch) => ({ os, arch })),
);

/** A built plugin. */
export interface PluginBuild {
  readonly version: string;
  /** The paths of all modules in the bundle, as esbuild names them. */
  readonly modules: readonly string[];
}

/** How to build the plugin. */
export interface PluginOptions {
  /** Where to download it from, for programs that have no plugin yet; it goes into the schema and so into every SDK. */
  readonly pluginDownloadURL?: string | undefined;
}

/**
 * Writes the plugin into a folder, ready to be run from there.
 */
export async function buildPlugin(
  folder: string,
  { os }: Pick<Platform, "os">,
  { pluginDownloadURL }: PluginOptions = {},
): Promise<PluginBuild> {
  const version = await packageVersion();
  const modules = await bundleProgram(folder, {
    file: "plugin.cjs",
    contents: `require("./components/plugin/main").servePlugin(${JSON.stringify({ version, pluginDownloadURL })})`,
    plugins: [withoutClosures],
    // Only gRPC's own introspection services load it, and nothing here serves those.
    external: ["@grpc/proto-loader"],
  });
  for (const file of ["start.cjs", os === "windows" ? `${program}.cmd` : program]) {
    await copyFile(join(root, "plugin", file), join(folder, file));
  }
  return { version, modules };
}

/**
 * Writes the plugin's archive for a platform into a folder, as `pulumi plugin install` takes it.
 *
 * @returns the archive's path
 */
export async function packPlugin(folder: string, platform: Platform, options: PluginOptions = {}): Promise<string> {
  const version = await packageVersion();
  const archive = join(folder, `${program}-v${version}-${platform.os}-${platform.arch}.tar.gz`);
  await packFolder(archive, (content) => buildPlugin(content, platform, options));
  return archive;
}

/** What the SDK loads only to serialize code of TypeScript programs, half of the bundle: the plugin never does. */
const withoutClosures: Plugin = {
  name: "without-closures",
  setup(bundler) {
    bundler.onResolve({ filter: /^(typescript|ts-node)$/ }, ({ path }) => ({
      path,
      namespace: "nothing",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {};" }));
  },
};
