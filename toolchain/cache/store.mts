import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

import { isObject, type Manifest, verifyFolder, writeManifest } from "./manifest.mts";
import { codeOf } from "../errors.mts";
import { holderName, isAlive, type LockOptions, ownHolder, parseHolder, withLock } from "../lock.cjs";

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

  /** Runs `action` while no other run holds the lock of that name: nobody builds what another run is building. */
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

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where installed programs are kept for this user, over all checkouts of this repository. */
export function cacheFolder(environment: Environment, os: string = process.platform): string {
  const chosen = environment["KUBERNETES_USER_CACHE"];
  if (chosen !== undefined && chosen !== "") return path.resolve(chosen);
  const shared = environment["XDG_CACHE_HOME"];
  // The XDG specification says to ignore relative paths.
  if (shared !== undefined && path.isAbsolute(shared)) return path.join(shared, "kubernetes-user");
  const home = environment["HOME"] ?? homedir();
  return os === "darwin"
    ? path.join(home, "Library", "Caches", "kubernetes-user")
    : path.join(home, ".cache", "kubernetes-user");
}

/** How long a release that could not be had is not asked for again where a stub does. */
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
