import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readObject } from "./json-object.mts";

/** A package that a bundle has code of. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** What its package.json says of its licence. */
  readonly license: string;
  /** Its texts of licences and notices, by file name. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Files in which packages have their licence, and what else has to go with copies. */
const licenseFile = /^(?:licen[cs]e|copying|notice|copyright)(?:[-.](?!.*\.(?:[cm]?[jt]s|json)$)[\w.-]*)?$/i;

/**
 * The folders of the packages that a bundle has code of, from the paths of its modules.
 *
 * @param inputs paths, as esbuild's metafile has them.
 */
export function packageFolders(inputs: readonly string[]): string[] {
  const folders = inputs.flatMap((path) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/**
 * The packages in folders, by name and version, each once.
 *
 * @throws Error when one neither names a licence nor has the text of one: it cannot be passed on.
 */
export async function readPackages(root: string, folders: readonly string[]): Promise<BundledPackage[]> {
  const found = await Promise.all(folders.map((folder) => readPackage(join(root, folder), folder)));
  const each = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...each].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, bundled]) => bundled);
}

async function readPackage(path: string, folder: string): Promise<BundledPackage> {
  const manifest = existsSync(join(path, "package.json")) ? await readObject(join(path, "package.json")) : {};
  const files = (await readdir(path)).filter((name) => licenseFile.test(name)).toSorted();
  const texts = await Promise.all(
    files.map(async (name) => [name, (await readFile(join(path, name), "utf8")).replaceAll("\r\n", "\n")] as const),
  );
  const { name = folder, version = "", license } = manifest;
  if (typeof license !== "string" && texts.length === 0) {
    throw new Error(
      `${folder}: it has neither a license in package.json nor a file with one. ` +
        "What is bundled needs a licence. Replace the package, or leave it out of the bundle.",
    );
  }
  return {
    name: String(name),
    version: String(version),
    license: typeof license === "string" ? license : "see below",
    texts: Object.fromEntries(texts),
  };
}

/** One text for all packages, the same for the same packages. */
export function licensesText(packages: readonly BundledPackage[]): string {
  const sections = packages.map(({ name, version, license, texts }) => {
    const all = Object.entries(texts).map(([file, text]) => `--- ${file}\n\n${text.trim()}\n`);
    const body = all.length > 0 ? all.join("\n") : "The package has no file with the text of its licence.\n";
    return `${"=".repeat(80)}\n${name} ${version}\nLicence: ${license}\n\n${body}`;
  });
  const intro = "This program contains code of these packages, each under the licence that is given with it.\n";
  return [intro, ...sections].join("\n");
}
