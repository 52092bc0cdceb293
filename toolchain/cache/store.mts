import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { codeOf } from "../errors.mts";
import { holderName, isAlive, ownHolder, parseHolder } from "./holder.mts";
import { withLock, type LockOptions } from "./lock.mts";
import { verifyFolder, writeManifest, type Manifest } from "./manifest.mts";

/** A folder of the cache that holds all it should. */
export interface StoredFolder {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * The cache on disk. Folders appear in it complete or not at all: they are filled under `temporary`, get their manifest,
 * and are renamed into place.
 */
export class Store {
  readonly root: string;
  readonly #temporary: string;
  readonly #locks: string;

  constructor(root: string) {
    this.root = root;
    this.#temporary = path.join(root, "temporary");
    this.#locks = path.join(root, "locks");
  }

  /** Makes the cache's own folders and removes what dead runs have left in them. */
  async open(): Promise<void> {
    await Promise.all([this.#temporary, this.#locks].map((folder) => mkdir(folder, { recursive: true })));
    await this.#sweep();
  }

  /** The folder of that name, or why it cannot be used. */
  async find(name: string): Promise<StoredFolder | string> {
    const folder = path.join(this.root, name);
    const manifest = await verifyFolder(folder);
    return typeof manifest === "string" ? manifest : { folder, manifest };
  }

  /**
   * Lets `fill` put files into a temporary folder, with the help of a second one for scratch, and publishes the first
   * under `name` with a manifest of the files that it returns. What is there already and complete wins; what is there
   * and damaged is replaced.
   */
  async publish(
    name: string,
    fill: (folder: string, scratch: string) => Promise<{ files: readonly string[]; origin: string }>,
  ): Promise<StoredFolder> {
    const target = path.join(this.root, name);
    return this.withTemporaryFolder(async (temporary) => {
      const content = path.join(temporary, "content");
      const scratch = path.join(temporary, "scratch");
      await Promise.all([mkdir(content), mkdir(scratch)]);
      const { files, origin } = await fill(content, scratch);
      const manifest = await writeManifest(content, files, origin);
      await mkdir(path.dirname(target), { recursive: true });
      if (await moved(content, target)) return { folder: target, manifest };
      const present = await this.find(name);
      if (typeof present !== "string") return present;
      await moved(target, path.join(temporary, "damaged"));
      await rename(content, target);
      return { folder: target, manifest };
    });
  }

  /** Lends a folder on the cache's file system, and removes it whatever happens. */
  async withTemporaryFolder<Result>(action: (folder: string) => Promise<Result>): Promise<Result> {
    const folder = await mkdtemp(path.join(this.#temporary, `${holderName(ownHolder())}~`));
    try {
      return await action(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs `action` while no other run holds the lock of that name. */
  async withLock<Result>(name: string, options: LockOptions, action: () => Promise<Result>): Promise<Result> {
    return withLock(path.join(this.#locks, name), options, action);
  }

  async #sweep(): Promise<void> {
    for (const entry of await readdir(this.#temporary)) {
      const owner = parseHolder(entry);
      if (owner !== undefined && isAlive(owner)) continue;
      await rm(path.join(this.#temporary, entry), { recursive: true, force: true });
    }
  }
}

/** Renames a folder; false where something is in the way. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (["EEXIST", "ENOTEMPTY", "ENOTDIR"].includes(codeOf(error) ?? "")) return false;
    throw error;
  }
}
