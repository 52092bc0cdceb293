import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, link, mkdir } from "node:fs/promises";
import path from "node:path";

import { sha256Of } from "./cache/manifest.mts";
import { cacheFolder, Store } from "./cache/store.mts";
import { installParts } from "./install.mts";
import { currentPlatform } from "./parts/part.mts";
import { languageHost, readParts } from "./parts/parts.mts";
import { readPins } from "./parts/pins.mts";
import { createReporter } from "./reporter.mts";
import { type InstallContext, type Located, type LocatedFile, parseSources } from "./sources/source.mts";
import { hashFiles, type StubBundles } from "./sources/stubs.mts";

/** The programs that the demo and the tests run. */
export type ProgramName = "pulumi" | "kubectl" | "etcd" | "kube-apiserver" | "kube-controller-manager";

/** An installed toolchain. */
export interface Toolchain {
  /** Absolute path of each program. */
  readonly programs: Readonly<Record<ProgramName, string>>;
  /** Variables to lay over `process.env` for whoever runs them. */
  readonly environment: Readonly<Record<string, string>>;
}

const repository = path.join(import.meta.dirname, "..");
const nodeModules = path.join(repository, "node_modules");

/**
 * Finds or installs Pulumi, its plugins and a Kubernetes control plane; takes under a second when all is there.
 *
 * @param options.log gets each line of what is done; without it the lines go to stderr, on a terminal with progress
 * that is rewritten in place
 * @param options.signal ends what is under way; nothing half-done stays behind
 */
export async function prepareToolchain(
  options: { log?: (line: string) => void; signal?: AbortSignal } = {},
): Promise<Toolchain> {
  const context = createContext(options);
  const located = await installParts(await readParts(nodeModules), context);
  const folder = await assembleEnvironment(located, nodeModules, context.store);
  return describeToolchain(folder, context.store.root);
}

/** What an installation in this process depends on, from `process.env` and the options. */
export function createContext(options: { log?: (line: string) => void; signal?: AbortSignal }): InstallContext {
  const environment = process.env;
  const toStderr = (line: string) => process.stderr.write(`${line}\n`);
  const terminal = options.log === undefined && process.stderr.isTTY ? process.stderr : undefined;
  return {
    store: new Store(cacheFolder(environment)),
    platform: currentPlatform(),
    environment,
    sources: parseSources(environment["KUBERNETES_USER_TOOLCHAIN_SOURCES"]),
    reporter: createReporter(options.log ?? toStderr, terminal),
    pins: readPins(),
    signal: options.signal ?? new AbortController().signal,
    recipes: path.join(import.meta.dirname, "recipes"),
    nodeModules,
    stubs: stubs(),
  };
}

/** Bundling needs esbuild, which takes a moment to load: only where a bundle is made. */
function stubs(): StubBundles {
  return {
    bundles: {
      [languageHost]: async (file) => (await import("./stubs/bundle.mts")).bundleLanguageHost(file),
      "pulumi-resource-tls": async (file) => (await import("./stubs/bundle.mts")).bundleTlsPlugin(file),
    },
    inputsHash: () => hashFiles(path.join(import.meta.dirname, "stubs"), [path.join(repository, "package-lock.json")]),
  };
}

function describeToolchain(folder: string, cache: string): Toolchain {
  const bin = path.join(folder, "bin");
  const own = path.join(nodeModules, ".bin");
  const inherited = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    // What an earlier call has put there would otherwise pile up.
    .filter((entry) => entry !== own && !entry.startsWith(path.join(cache, "environments")));
  return {
    programs: {
      pulumi: path.join(bin, "pulumi"),
      kubectl: path.join(bin, "kubectl"),
      etcd: path.join(bin, "etcd"),
      "kube-apiserver": path.join(bin, "kube-apiserver"),
      "kube-controller-manager": path.join(bin, "kube-controller-manager"),
    },
    environment: {
      PATH: [bin, own, ...inherited].join(path.delimiter),
      PULUMI_HOME: path.join(folder, "pulumi-home"),
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    },
  };
}

/** Where a file goes in an environment. */
interface Placement {
  readonly target: string;
  readonly file: LocatedFile;
}

/** The launcher of dynamic providers; npm installs it with @pulumi/pulumi. */
const dynamicLauncher = "pulumi-resource-pulumi-nodejs";

/**
 * Assembles all programs in one folder of the cache and answers its path. The engine looks for language hosts and
 * launchers beside its own file, with links resolved: that is why they are hard links or copies. The folder's name is a
 * hash of what is in it, so another set of programs gets another folder.
 */
export async function assembleEnvironment(
  located: readonly Located[],
  nodeModules: string,
  store: Store,
): Promise<string> {
  const launcherPath = path.join(nodeModules, "@pulumi", "pulumi", dynamicLauncher);
  // By content: installing the npm packages anew changes nothing else about it.
  const identity = `sha256:${await sha256Of(launcherPath)}`;
  const launcher = { name: dynamicLauncher, path: launcherPath, identity };
  const placements = [...located.flatMap(place), { target: path.join("bin", dynamicLauncher), file: launcher }];
  const name = path.join("environments", hashOf(placements));
  const present = await store.find(name);
  if (typeof present !== "string") return present.folder;
  const { folder } = await store.publish(name, async (content) => {
    for (const { target, file } of placements) await linkOrCopy(file.path, path.join(content, target));
    return { files: placements.map(({ target }) => target), origin: "assembled from the other parts" };
  });
  return folder;
}

function place(part: Located): readonly Placement[] {
  const folder =
    part.kind === "programs"
      ? "bin"
      : path.join("pulumi-home", "plugins", `${part.name.replace("pulumi-", "")}-v${part.version}`);
  return part.files.map((file) => ({ target: path.join(folder, file.name), file }));
}

function hashOf(placements: readonly Placement[]): string {
  const lines = placements.map(({ target, file }) => `${target}\0${file.identity}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 32);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    await link(from, to);
  } catch {
    // Another file system, or another user's file: there are many codes for that, and copying fails where it is not.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, 0o755);
  }
}
