import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { readObject } from "./json-object.mts";
import { licensesText, packageFolders, readPackages } from "./third-party-licenses.mts";

/** The repository. */
export const root = join(import.meta.dirname, "..");

/** Where the licences of what is bundled are. */
export const thirdPartyLicenses = "THIRD-PARTY-LICENSES.txt";

/** When all files of an archive were written. */
const epoch = new Date("2000-01-01T00:00:00Z");

/** How all bundles are made. */
export const bundleSettings = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "cjs",
  // The oldest that package.json allows.
  target: "node22",
  // What packages have as modules of the language is put together without wrappers, and without what is not used.
  mainFields: ["module", "main"],
  metafile: true,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** A program to bundle. */
export interface ProgramSource {
  /** The bundle's path in its folder. */
  readonly file: string;
  /** The program, which may load the repository's modules. */
  readonly contents: string;
  readonly plugins?: readonly Plugin[];
  /** Packages that are not bundled. */
  readonly external?: readonly string[];
}

/**
 * Writes a program and all that it loads into one file of a folder, with the licences beside it.
 *
 * @returns the paths of all modules in it, as esbuild names them.
 */
export async function bundleProgram(
  folder: string,
  { file, contents, plugins = [], external = [] }: ProgramSource,
): Promise<readonly string[]> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  const { metafile } = await build({
    ...bundleSettings,
    stdin: { contents, resolveDir: root },
    outfile: join(folder, file),
    // It is loaded at the start of each run.
    minify: true,
    // Notices that stand in the code, beside it.
    legalComments: "linked",
    plugins: [...plugins],
    external: [...external],
  });
  const modules = Object.keys(metafile.inputs);
  await writeLicenses(folder, modules);
  await copyFile(join(root, "LICENSE"), join(folder, "LICENSE"));
  return modules;
}

/**
 * Writes the licences of the packages that bundles have code of into a folder.
 *
 * @param modules the paths of the modules in the bundles, as esbuild names them.
 */
export async function writeLicenses(folder: string, modules: readonly string[]): Promise<void> {
  const bundled = await readPackages(root, packageFolders(modules));
  await writeFile(join(folder, thirdPartyLicenses), licensesText(bundled));
}

/** Writes an archive of what an action puts into an empty folder: the same bytes for the same content. */
export async function packFolder(archive: string, fill: (folder: string) => Promise<unknown>): Promise<void> {
  const content = await mkdtemp(join(tmpdir(), "kubernetes-user-archive-"));
  try {
    await fill(content);
    await mkdir(dirname(archive), { recursive: true });
    const all = (await readdir(content, { recursive: true })).toSorted();
    // Nothing of who builds it, nor when. macOS' tar names these options differently.
    const nobody = process.platform === "darwin" ? ["--uid", "0", "--gid", "0"] : ["--owner=0", "--group=0"];
    await Promise.all(
      all.map(async (name) => {
        const path = join(content, name);
        const { mode } = await stat(path);
        // Whatever the umask of who builds it; folders have this bit, too.
        await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
        await utimes(path, epoch, epoch);
      }),
    );
    const options = ["-czf", archive, ...nobody, "--numeric-owner", "--no-recursion", "-C", content];
    await promisify(execFile)("tar", [...options, ...all]);
  } finally {
    await rm(content, { recursive: true, force: true });
  }
}

/** The package's version. */
export async function packageVersion(): Promise<string> {
  const { version } = await readObject(join(root, "package.json"));
  if (typeof version !== "string") {
    throw new Error("package.json has no version");
  }
  return version;
}
