import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, posix, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { bundleSettings, root, writeLicenses } from "./bundles.mts";
import { reachedDeclarations } from "./declarations.mts";
import { isRecord, readObject } from "./json-object.mts";
import { packageFolders, readPackages, type BundledPackage } from "./third-party-licenses.mts";

/** A module that bundles load from a file of its own, so that a process that loads several has it once. */
interface SharedModule {
  readonly module: string;
  /** The bundles that load it. */
  readonly by: readonly string[];
}

/** What programs and types of the npm package begin with: package.json names what becomes of them. */
const publicEntries = ["components/index", "components/cdk8s/index", "components/pulumi/provider"];

const entries = [
  ...publicEntries,
  "components/plugin/index",
  "cli/main",
  "cli/overview",
  "cli/program",
  "components/core/errors",
];

const shared: readonly SharedModule[] = [
  // One class: what one entry throws is an instance of what another exports. Other modules are there twice in a process
  // that loads two entries, as tests with mocks do, and their caches as well: in a run the provider and the plugin have
  // processes of their own.
  { module: "components/core/errors", by: [...publicEntries, "components/plugin/index"] },
  // The command loads one of them, and none to answer kubectl with a credential that is fresh.
  { module: "cli/overview", by: ["cli/main"] },
  { module: "cli/program", by: ["cli/main"] },
];

/**
 * Writes what the npm package has in dist: a bundle for each entry, the types, and the licences of what is bundled.
 * Bundles load faster than hundreds of modules. They are not minified, so that stack traces can be read, and have no
 * source maps: the SDK of Pulumi would read them for the place of each resource, 100 ms for each run.
 *
 * @throws Error when a source has a mistake or a package's licence is not known; tsc's reasons have been printed.
 */
export async function buildPackage(folder: string): Promise<void> {
  const [modules] = await Promise.all([bundleEntries(folder), writeDeclarations(folder)]);
  await writeLicenses(folder, modules);
}

/** The packages that the bundles have code of. */
export async function bundledPackages(): Promise<readonly BundledPackage[]> {
  return readPackages(root, packageFolders(await bundleEntries()));
}

/**
 * Bundles all entries. What package.json has among dependencies and peerDependencies stays outside, and all else that is
 * imported goes in.
 *
 * @param folder where the bundles go; nothing is written without.
 * @returns the paths of all modules in them, as esbuild names them.
 */
async function bundleEntries(folder?: string): Promise<readonly string[]> {
  const { dependencies, peerDependencies } = await readObject(join(root, "package.json"));
  const external = [dependencies, peerDependencies].flatMap((some) => (isRecord(some) ? Object.keys(some) : []));
  const bundles = entries.map(async (entry) => {
    const { metafile } = await build({
      ...bundleSettings,
      entryPoints: [`${entry}.ts`],
      outfile: join(folder ?? "dist", `${entry}.js`),
      write: folder !== undefined,
      external,
      plugins: shared.filter(({ by }) => by.includes(entry)).map(({ module }) => sharing(module, entry)),
    });
    return Object.keys(metafile.inputs);
  });
  return (await Promise.all(bundles)).flat();
}

/** Has a bundle load a module from its own file. */
function sharing(module: string, entry: string): Plugin {
  const path = posix.relative(posix.dirname(entry), module);
  return {
    name: `sharing-${basename(module)}`,
    setup(bundler) {
      bundler.onResolve({ filter: new RegExp(`/${basename(module)}(?:\\.js)?$`) }, ({ path: imported, resolveDir }) =>
        resolve(resolveDir, imported.replace(/\.js$/, "")) === join(root, module)
          ? { path: `${path.startsWith(".") ? path : `./${path}`}.js`, external: true }
          : undefined,
      );
    },
  };
}

/** Checks all types, and writes those that programs can get at. */
async function writeDeclarations(folder: string): Promise<void> {
  const all = await mkdtemp(join(tmpdir(), "kubernetes-user-types-"));
  try {
    const tsc = [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--outDir", all];
    const [code] = (await once(spawn(process.execPath, tsc, { cwd: root, stdio: "inherit" }), "close")) as [unknown];
    if (code !== 0) {
      throw new Error("tsc has found mistakes.");
    }
    const entries = publicEntries.map((entry) => `${entry}.d.ts`);
    const reached = await reachedDeclarations(all, entries);
    await Promise.all(reached.map((path) => cp(join(all, path), join(folder, path))));
  } finally {
    await rm(all, { recursive: true, force: true });
  }
}
