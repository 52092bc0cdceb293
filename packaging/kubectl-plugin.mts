import { createHash } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { bundleProgram, packFolder, packageVersion, root } from "./bundles.mts";

/** What kubectl calls the plugin `kubernetes-user`: it writes hyphens as underscores. */
const program = "kubectl-kubernetes_user";

/** What a manifest for krew says of a release. */
export interface KrewRelease {
  readonly version: string;
  readonly homepage: string;
  /** Where the archive is. */
  readonly uri: string;
  /** Its SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** What a value has to be, so that the manifest stays what it is. */
const expected: Readonly<Record<keyof KrewRelease, RegExp>> = {
  version: /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/,
  homepage: /^https:\/\/[\w./~-]+$/,
  uri: /^https:\/\/[\w./~-]+\.tar\.gz$/,
  sha256: /^[0-9a-f]{64}$/,
};

const keys = ["version", "homepage", "uri", "sha256"] as const satisfies readonly (keyof KrewRelease)[];

/**
 * The manifest of a release for krew, the manager of kubectl's plugins.
 *
 * @throws Error when a value is not what it should be.
 */
export async function krewManifest(release: KrewRelease): Promise<string> {
  const template = await readFile(join(root, "packaging/krew/kubernetes-user.yaml"), "utf8");
  // The first line is about the template.
  return template.replace(/^#.*\n/, "").replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const key = keys.find((known) => known === name);
    if (key === undefined || !expected[key].test(release[key])) {
      const pattern = key === undefined ? "nothing" : String(expected[key]);
      const value = key === undefined ? undefined : release[key];
      throw new Error(`krew: ${name}: expected what matches ${pattern}, got ${JSON.stringify(value)}.`);
    }
    return release[key];
  });
}

/** Writes the command into a folder, ready to be run from there as a plugin of kubectl. */
export async function buildKubectlPlugin(folder: string): Promise<readonly string[]> {
  // The command looks for its version where the npm package has it.
  const modules = await bundleProgram(folder, { file: "dist/cli/main.js", contents: `require("./cli/main")` });
  const manifest = { name: "kubernetes-user", version: await packageVersion(), type: "commonjs" };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest)}\n`);
  await copyFile(join(root, "packaging/krew", program), join(folder, program));
  return modules;
}

/**
 * Writes the archive of the command as a plugin of kubectl, the same for all platforms that it runs on, and krew's
 * manifest for it.
 *
 * @param downloadUrl the folder from which the archive can be had.
 * @returns both paths
 */
export async function packKubectlPlugin(
  folder: string,
  { downloadUrl, homepage }: { readonly downloadUrl: string; readonly homepage: string },
): Promise<readonly [string, string]> {
  const version = await packageVersion();
  const archive = join(folder, `${program}-v${version}.tar.gz`);
  await packFolder(archive, buildKubectlPlugin);
  const sha256 = createHash("sha256")
    .update(await readFile(archive))
    .digest("hex");
  const manifest = join(folder, "kubernetes-user.krew.yaml");
  const uri = `${downloadUrl.replace(/\/$/, "")}/${basename(archive)}`;
  await writeFile(manifest, await krewManifest({ version, homepage, uri, sha256 }));
  return [archive, manifest];
}
