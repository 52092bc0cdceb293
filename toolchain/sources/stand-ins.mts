import { createHash } from "node:crypto";
import { copyFile, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { sha256Of } from "../cache/manifest.mts";
import type { Store } from "../cache/store.mts";
import { codeOf } from "../errors.mts";
import type { LocatedFile } from "./source.mts";

/** Writes one self-contained executable to a path. */
export type Bundle = (file: string) => Promise<void>;

/** What this project has for parts that are in no source. */
export interface StandInBundles {
  /** By the program that each stands in for. */
  readonly bundles: Readonly<Record<string, Bundle>>;
  /** Changes with whatever the bundles are made from. */
  readonly inputsHash: () => Promise<string>;
}

const folderName = "stand-ins";

/** The stand-in of a program: bundled where its inputs have changed, kept in the cache by the bundle's SHA-256 sum. */
export async function prepareStandIn(
  name: string,
  bundle: Bundle,
  { inputsHash }: StandInBundles,
  store: Store,
): Promise<LocatedFile> {
  const index = path.join(store.root, folderName, `${name}.from-${await inputsHash()}`);
  const sum = await readIfThere(index);
  const known = sum === undefined ? undefined : await store.find(path.join(folderName, `${name}-${sum}`));
  if (sum !== undefined && typeof known === "object") return locate(name, sum, known.folder);

  return store.withTemporaryFolder(async (temporary) => {
    const file = path.join(temporary, name);
    await bundle(file);
    const made = await sha256Of(file);
    const { folder } = await store.publish(path.join(folderName, `${name}-${made}`), async (content) => {
      await copyFile(file, path.join(content, name));
      return { files: [name], origin: "this project's stand-in" };
    });
    await writeFile(`${file}.index`, made);
    await rename(`${file}.index`, index);
    return locate(name, made, folder);
  });
}

/** The hash of all files of a folder and of single files, names and contents. */
export async function hashFiles(folder: string, others: readonly string[]): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const file of [...files.sort(), ...others]) {
    hash
      .update(`${path.relative(folder, file)}\0`)
      .update(await readFile(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}

function locate(name: string, sum: string, folder: string): LocatedFile {
  return { name, path: path.join(folder, name), identity: `sha256:${sum}` };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
