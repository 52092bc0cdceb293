import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import type { Store } from "../cache/store.mts";
import type { LocatedFile } from "./source.mts";

/** Writes one self-contained executable to a path. */
export type Bundle = (file: string) => Promise<void>;

/** What this project has for parts that are in no source. */
export interface StubBundles {
  /** By the name of the official program. */
  readonly bundles: Readonly<Record<string, Bundle>>;
  /** Changes with whatever the bundles are made from. */
  readonly inputsHash: () => Promise<string>;
}

/** The stub of a program, kept in the cache under the hash of what it is bundled from. */
export async function prepareStub(
  name: string,
  bundle: Bundle,
  { inputsHash }: StubBundles,
  store: Store,
): Promise<LocatedFile> {
  const stored = path.join("stubs", `${name}-${await inputsHash()}`);
  const present = await store.find(stored);
  const { folder, manifest } =
    typeof present === "object"
      ? present
      : await store.publish(stored, async (content) => {
          await bundle(path.join(content, name));
          return { files: [name], origin: "this project's stub" };
        });
  return { name, path: path.join(folder, name), identity: `sha256:${manifest.files[0]?.sha256 ?? ""}` };
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
