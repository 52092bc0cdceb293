import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { licensesText, packageFolders, readPackages } from "./third-party-licenses.mts";

const root = join(import.meta.dirname, "..");

/** What the plugin is called, as a program and in the names of its archives. */
const program = "pulumi-resource-kubernetes-user";

/** Where the licences of what is bundled are. */
export const thirdPartyLicenses = "THIRD-PARTY-LICENSES.txt";

/** A platform as Pulumi names it. The plugin is the same for all but in how it is started. */
export interface Platform {
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
}

/** Every platform that Pulumi downloads plugins for. */
export const allPlatforms: readonly Platform[] = (["linux", "darwin", "windows"] as const).flatMap((os) =>
  (["amd64", "arm64"] as const).map((arch) => ({ os, arch })),
);

/** When all files of an archive were written. */
const epoch = new Date("2000-01-01T00:00:00Z");

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
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: {
      contents: `require("./components/plugin/main").servePlugin(${JSON.stringify({ version, pluginDownloadURL })})`,
      resolveDir: root,
    },
    outfile: join(folder, "plugin.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    // It is loaded at the start of each run.
    minify: true,
    // Notices that stand in the code, beside it.
    legalComments: "linked",
    metafile: true,
    plugins: [withoutClosures],
    // Only gRPC's own introspection services load it, and nothing here serves those.
    external: ["@grpc/proto-loader"],
    logLevel: "warning",
  });
  const modules = Object.keys(metafile.inputs);
  const bundled = await readPackages(root, packageFolders(modules));
  await writeFile(join(folder, thirdPartyLicenses), licensesText(bundled));
  for (const file of ["start.cjs", os === "windows" ? `${program}.cmd` : program]) {
    await copyFile(join(root, "plugin", file), join(folder, file));
  }
  await copyFile(join(root, "LICENSE"), join(folder, "LICENSE"));
  return { version, modules };
}

/**
 * Writes the plugin's archive for a platform into a folder, as `pulumi plugin install` takes it.
 *
 * @returns the archive's path
 */
export async function packPlugin(folder: string, platform: Platform, options: PluginOptions = {}): Promise<string> {
  const content = await mkdtemp(join(tmpdir(), "kubernetes-user-plugin-"));
  try {
    const { version } = await buildPlugin(content, platform, options);
    await mkdir(folder, { recursive: true });
    const archive = join(folder, `${program}-v${version}-${platform.os}-${platform.arch}.tar.gz`);
    const files = (await readdir(content)).toSorted();
    // Nothing of who builds it, nor when. macOS' tar names these options differently.
    const nobody = process.platform === "darwin" ? ["--uid", "0", "--gid", "0"] : ["--owner=0", "--group=0"];
    await Promise.all(files.map((file) => utimes(join(content, file), epoch, epoch)));
    await promisify(execFile)("tar", ["-czf", archive, ...nobody, "--numeric-owner", "-C", content, ...files]);
    return archive;
  } finally {
    await rm(content, { recursive: true, force: true });
  }
}

async function packageVersion(): Promise<string> {
  const content: unknown = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const version = typeof content === "object" && content !== null && "version" in content ? content.version : undefined;
  if (typeof version !== "string") {
    throw new Error("package.json has no version");
  }
  return version;
}

/** What the SDK loads only to serialize code of TypeScript programs, half of the bundle: the plugin never does. */
const withoutClosures: Plugin = {
  name: "without-closures",
  setup(bundler) {
    bundler.onResolve({ filter: /^(typescript|ts-node|@npmcli\/arborist)$/ }, ({ path }) => ({
      path,
      namespace: "nothing",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {};" }));
  },
};
