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

/** Licences, by their SPDX identifiers, under which code may be passed on in a bundle: none asks for its source. */
const permissive: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-3.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/** Those of them whose text does not have to go with copies. */
const withoutText: ReadonlySet<string> = new Set(["0BSD", "CC-BY-3.0", "CC0-1.0", "Unlicense"]);

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
 * @throws Error when one has no licence, one that is not known to be permissive, or not its text: it cannot be passed on.
 */
export async function readPackages(root: string, folders: readonly string[]): Promise<BundledPackage[]> {
  const found = await Promise.all(folders.map((folder) => readPackage(join(root, folder), folder)));
  const each = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...each].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, bundled]) => bundled);
}

async function readPackage(path: string, folder: string): Promise<BundledPackage> {
  const manifest = existsSync(join(path, "package.json")) ? await readObject(join(path, "package.json")) : {};
  const files = (await readdir(path)).filter((name) => licenseFile.test(name)).toSorted();
  const texts = Object.fromEntries(
    await Promise.all(
      files.map(async (name) => [name, (await readFile(join(path, name), "utf8")).replaceAll("\r\n", "\n")] as const),
    ),
  );
  const { name = folder, version = "", license } = manifest;
  const named = typeof license === "string" ? license : "see below";
  const ids = licensesOf(named, Object.values(texts));
  const unknown = ids.filter((id) => !permissive.has(id));
  if (ids.length === 0 || unknown.length > 0) {
    const what = ids.length === 0 ? "neither a license in package.json nor a file with one" : named;
    throw new Error(
      `${folder}: expected a licence that is known to be permissive, got ${what}. ` +
        "Replace the package, leave it out of the bundle, or read its licence and add it to the list.",
    );
  }
  if (Object.keys(texts).length === 0 && ids.some((id) => !withoutText.has(id))) {
    throw new Error(`${folder}: expected a file with the text of its licence, ${named}, which has to go with copies.`);
  }
  return { name: String(name), version: String(version), license: named, texts };
}

/** The SPDX identifiers in an expression, all of which have to do; where it only refers to a text, that of the text. */
function licensesOf(expression: string, texts: readonly string[]): string[] {
  if (/^see /i.test(expression)) {
    return texts.map((text) => (/^\s*(?:The )?MIT License\b/i.test(text) ? "MIT" : "a text of its own"));
  }
  return expression.split(/[\s()]+/).filter((word) => !["", "AND", "OR"].includes(word));
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
