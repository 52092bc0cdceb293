import path from "node:path";

import { cacheFolder } from "./cache/cache-folder.mts";
import { Store } from "./cache/store.mts";
import { assembleEnvironment } from "./environment.mts";
import { installParts } from "./install.mts";
import { readParts } from "./parts/parts.mts";
import { readPins } from "./parts/pins.mts";
import { languageHost } from "./parts/pulumi.mts";
import { currentPlatform } from "./platform.mts";
import { createReporter } from "./reporter.mts";
import { parseSources, type InstallContext } from "./sources/source.mts";
import { hashFiles, type StandInBundles } from "./sources/stand-ins.mts";

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
    standIns: standIns(),
  };
}

/** Bundling needs esbuild, which takes a moment to load: only where a bundle is made. */
function standIns(): StandInBundles {
  return {
    bundles: {
      [languageHost]: async (file) => (await import("./stand-ins/bundle.mts")).bundleLanguageHost(file),
      "pulumi-resource-tls": async (file) => (await import("./stand-ins/bundle.mts")).bundleTlsPlugin(file),
    },
    inputsHash: () =>
      hashFiles(path.join(import.meta.dirname, "stand-ins"), [path.join(repository, "package-lock.json")]),
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
