import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { codeOf } from "../errors.mts";
import { isObject } from "./manifest.mts";
import type { Store } from "./store.mts";

/** How long a release that could not be had is not asked for again where a stand-in does. */
const validMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Why a release could not be had when it was last tried, if that is not long ago. Without it every run on a machine that
 * has no network would wait for a connection that nobody needs.
 */
export async function recallUnavailable(store: Store, name: string): Promise<string | undefined> {
  try {
    const value = parse(await readFile(fileOf(store, name), "utf8"));
    if (!isObject(value) || typeof value["at"] !== "number" || typeof value["reason"] !== "string") return undefined;
    return Math.abs(Date.now() - value["at"]) < validMilliseconds ? value["reason"] : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Keeps in mind that a release could not be had. */
export async function rememberUnavailable(store: Store, name: string, reason: string): Promise<void> {
  const file = fileOf(store, name);
  await mkdir(path.dirname(file), { recursive: true });
  await store.withTemporaryFolder(async (temporary) => {
    const written = path.join(temporary, name);
    await writeFile(written, JSON.stringify({ at: Date.now(), reason }));
    await rename(written, file);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fileOf(store: Store, name: string): string {
  return path.join(store.root, "unavailable", `${name}.json`);
}
