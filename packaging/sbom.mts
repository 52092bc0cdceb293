import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isRecord, readObject } from "./json-object.mts";
import { bundledPackages } from "./package-build.mts";

/**
 * The software bill of materials of the npm package, as CycloneDX in JSON: its dependencies and what its bundles have
 * code of, in the versions that package-lock.json pins. What the program brings itself, such as `@pulumi/pulumi`, is not
 * part of it.
 *
 * npm makes it for a copy without workspaces: in the repository, whose root is a workspace of itself, `npm sbom` ends
 * with an error.
 */
export async function softwareBillOfMaterials(root: string): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), "kubernetes-user-sbom-"));
  try {
    const manifest = await readObject(join(root, "package.json"));
    // npm calls it what its folder is called.
    const folder = join(place, String(manifest["name"]));
    await mkdir(folder);
    const reduced = without(
      manifest,
      "workspaces",
      "devDependencies",
      "peerDependencies",
      "peerDependenciesMeta",
      "scripts",
    );
    const dependencies = { ...record(manifest["dependencies"]), ...(await bundled(manifest["devDependencies"])) };
    await writeFile(join(folder, "package.json"), JSON.stringify({ ...reduced, dependencies }));
    const lock = await readObject(join(root, "package-lock.json"));
    await writeFile(
      join(folder, "package-lock.json"),
      JSON.stringify({ ...lock, packages: fetched(lock["packages"]) }),
    );
    // The second reads what the first has left of the lock file.
    await npm(folder, "install", "--package-lock-only", "--ignore-scripts", "--offline", "--no-audit", "--no-fund");
    return await npm(folder, "sbom", "--package-lock-only", "--sbom-format", "cyclonedx");
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** What of the packages that the repository is developed with goes into bundles. It brings what it depends on itself. */
async function bundled(development: unknown): Promise<Readonly<Record<string, unknown>>> {
  const names = new Set((await bundledPackages()).map(({ name }) => name));
  return Object.fromEntries(Object.entries(record(development)).filter(([name]) => names.has(name)));
}

/** The packages of a lock file that come from a registry. */
function fetched(packages: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(record(packages)).filter(
      ([path, value]) => path.startsWith("node_modules/") && !(isRecord(value) && value["link"] === true),
    ),
  );
}

async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", args, { cwd: folder, maxBuffer: 64 * 2 ** 20 });
  return stdout;
}

function without(value: Readonly<Record<string, unknown>>, ...keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
