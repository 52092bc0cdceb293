import path from "node:path";

import { Cache, cacheFolder } from "./cache.mts";
import { assemble, hashFiles, planEnvironment, type Stubs } from "./environment.mts";
import { findPart, installParts } from "./install.mts";
import { currentPlatform, type Part, titleOf } from "./parts/part.mts";
import { readParts } from "./parts/parts.mts";
import { type InstallContext, parseSources } from "./sources/context.mts";
import { readPins } from "./sources/files.mts";

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
/** This repository's. */
export const nodeModules = path.join(repository, "node_modules");

/**
 * Finds or installs Pulumi, its plugins and a Kubernetes control plane; takes under a second when all is there.
 *
 * @param options.log gets each line of what is done; without it the lines go to stderr
 * @param options.signal ends what is under way; nothing half-done stays behind
 */
export async function prepareToolchain(
  options: { log?: (line: string) => void; signal?: AbortSignal } = {},
): Promise<Toolchain> {
  const context = createContext(options);
  const folder = await prepareEnvironment(await readParts(nodeModules), context, stubsOfThisClone());
  return describeToolchain(folder, context.cache.root);
}

/** What an installation in this process depends on, from `process.env` and the options. */
export function createContext(options: { log?: (line: string) => void; signal?: AbortSignal } = {}): InstallContext {
  const environment = process.env;
  return {
    cache: new Cache(cacheFolder(environment)),
    platform: currentPlatform(),
    environment,
    sources: parseSources(environment["KUBERNETES_USER_TOOLCHAIN_SOURCES"]),
    log: options.log ?? console.error,
    pins: readPins(),
    signal: options.signal ?? new AbortController().signal,
    recipes: path.join(import.meta.dirname, "recipes"),
  };
}

function stubsOfThisClone(): Stubs {
  const inputs = ["stubs", "control-plane", "errors.mts", "json.mts"].map((name) =>
    path.join(import.meta.dirname, name),
  );
  return {
    launcher: path.join(nodeModules, "@pulumi", "pulumi", "pulumi-resource-pulumi-nodejs"),
    inputsHash: hashFiles(path.join(repository, "package-lock.json"), ...inputs),
    // Bundling needs esbuild, which takes a moment to load: only where a bundle is made.
    write: async (name, file) => (await import("./stubs/bundle.mts")).bundleStub(name, file),
  };
}

/** Installs what is missing, says where each part is from, and answers the folder in which they are assembled. */
export async function prepareEnvironment(
  parts: readonly Part[],
  context: InstallContext,
  stubs: Stubs,
): Promise<string> {
  const { cache } = context;
  const found = (): string | undefined => {
    const plan = planEnvironment(parts, context, stubs);
    const folder = plan === undefined ? undefined : cache.find(plan.name);
    if (plan === undefined || folder === undefined) return undefined;
    for (const { name, version, reason } of plan.stubs) {
      context.log(`${name} ${version}: using this project's stub (${reason})`);
    }
    return folder;
  };
  const missing = parts.filter((part) => findPart(part, context) === undefined);
  for (const part of parts) if (!missing.includes(part)) context.log(`${titleOf(part)}: from the cache`);
  return (
    found() ??
    (await cache.whileLocked(context, async () => {
      // Another run may have done it while this one waited.
      await installParts(
        parts.filter((part) => findPart(part, context) === undefined),
        context,
      );
      const plan = planEnvironment(parts, context, stubs);
      if (plan === undefined) throw new Error("A part has gone from the cache.");
      if (cache.find(plan.name) === undefined) await assemble(plan, context, stubs);
      return found() ?? "";
    }))
  );
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
