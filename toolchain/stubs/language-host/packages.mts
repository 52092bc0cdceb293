import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

/** A resource plugin that an npm package needs at run time. */
export interface RequiredPlugin {
  readonly name: string;
  /** With a leading v. */
  readonly version: string;
  /** Where to download it from; empty for the usual place. */
  readonly server: string;
  readonly parameterization?: Parameterization;
}

/** How a plugin is told which package to be. */
export interface Parameterization {
  readonly name: string;
  readonly version: string;
  /** Base64. */
  readonly value: string;
}

/** One installed npm package, as far as it matters here. */
export interface InstalledPackage {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

/**
 * Every npm package installed below a program's folder, nested and linked ones included, each once. The folders inside
 * a package are not searched for more: only its own node_modules are.
 */
export function installedPackages(directory: string): InstalledPackage[] {
  const visited = new Set<string>();
  const found: InstalledPackage[] = [];

  const visitFolder = (folder: string): void => {
    for (const path of foldersIn(folder, visited)) {
      if (isModules(path)) visitModules(path);
      else if (!readable(join(path, "PulumiPolicy.yaml"))) visitFolder(path);
    }
  };
  const visitModules = (modules: string): void => {
    for (const path of foldersIn(modules, visited)) visitPackage(path);
  };
  const visitPackage = (path: string): void => {
    const manifest = readManifest(join(path, "package.json"));
    if (manifest === undefined) {
      // A scope, or a package manager's own store.
      visitModules(path);
      return;
    }
    const { name, version } = manifest;
    found.push({
      path,
      name: typeof name === "string" ? name : "",
      version: typeof version === "string" ? version : "",
      manifest,
    });
    const nested = join(path, "node_modules");
    if (readable(nested) && once(nested, visited) !== undefined) visitModules(nested);
  };

  const root = isFolder(directory) ? once(directory, visited) : undefined;
  if (root !== undefined) visitFolder(root);
  return found;
}

/** The resource plugins of the installed packages: those whose package.json says `pulumi.resource: true`. */
export function requiredPlugins(packages: readonly InstalledPackage[]): RequiredPlugin[] {
  const plugins = packages.map(pluginOf).filter((plugin) => plugin !== undefined);
  return [...new Map(plugins.map((plugin) => [JSON.stringify(plugin), plugin])).values()];
}

/** A warning when copies of the SDK with different major versions are installed, which cannot work together. */
export function sdkConflict(packages: readonly InstalledPackage[]): string | undefined {
  const [first, ...others] = packages.filter(({ name }) => name === "@pulumi/pulumi");
  if (first === undefined) return undefined;
  const other = others.find(({ version }) => major(version) !== major(first.version));
  if (other === undefined) return undefined;
  return [
    "Found incompatible versions of @pulumi/pulumi. Differing major versions are not supported.",
    ...[first, other].map(({ version, path }) => `  Version ${version} referenced at ${join(path, "package.json")}`),
  ].join("\n");
}

function pluginOf({ name, version, manifest }: InstalledPackage): RequiredPlugin | undefined {
  const { pulumi } = manifest;
  if (!isRecord(pulumi) || pulumi["resource"] !== true) return undefined;
  const pluginName = text(pulumi["name"]) ?? (name.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined);
  const pluginVersion = text(pulumi["version"]) ?? text(version);
  // Like the official host: a package that does not say which plugin it means is passed over.
  if (pluginName === undefined || pluginVersion === undefined) return undefined;
  const parameterization = parameterizationOf(pulumi["parameterization"]);
  return {
    name: pluginName,
    version: pluginVersion.startsWith("v") ? pluginVersion : `v${pluginVersion}`,
    server: text(pulumi["server"]) ?? "",
    ...(parameterization === undefined ? {} : { parameterization }),
  };
}

function parameterizationOf(value: unknown): Parameterization | undefined {
  if (!isRecord(value)) return undefined;
  return {
    name: text(value["name"]) ?? "",
    version: text(value["version"]) ?? "",
    value: text(value["value"]) ?? "",
  };
}

/** The real paths of the folders in a folder, links followed, without those seen before. */
function foldersIn(folder: string, visited: Set<string>): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name))))
      .map((entry) => once(join(folder, entry.name), visited))
      .filter((path) => path !== undefined);
  } catch {
    return [];
  }
}

function once(path: string, visited: Set<string>): string | undefined {
  const real = realpathSync(path);
  if (visited.has(real)) return undefined;
  visited.add(real);
  return real;
}

function isModules(path: string): boolean {
  return basename(path) === "node_modules";
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readable(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A package.json, or nothing where there is none or it is no JSON object. */
export function readManifest(path: string): Record<string, unknown> | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isRecord(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function major(version: string): string {
  return version.split(".", 1)[0] ?? "";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An npm package that a program depends on. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
}

/** What a program depends on: all that is installed below it, or what its package.json names and is installed. */
export function programDependencies(directory: string, transitive: boolean): Dependency[] {
  if (transitive) {
    const all = installedPackages(directory).map(({ name, version }): [string, Dependency] => [
      `${name}@${version}`,
      { name, version },
    ]);
    return [...new Map(all).values()];
  }
  const manifest = readManifest(join(directory, "package.json")) ?? {};
  const named = [manifest["dependencies"], manifest["devDependencies"]].flatMap((section) =>
    typeof section === "object" && section !== null ? Object.keys(section) : [],
  );
  const lookup = createRequire(join(directory, "_")).resolve.paths("_") ?? [];
  return named.flatMap((name) => {
    const version = lookup
      .map((modules) => readManifest(join(modules, name, "package.json"))?.["version"])
      .find((installed) => typeof installed === "string");
    return version === undefined ? [] : [{ name, version }];
  });
}
