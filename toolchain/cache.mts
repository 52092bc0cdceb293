import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

import { startTimeOf, withLock } from "./lock.cjs";

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

/** Of the folder in which a run, whose process number follows, has what it has not finished. */
const workPrefix = "work-";

/** The cache on disk. A folder appears in it complete or not at all: it is filled elsewhere and renamed into place. */
export class Cache {
  readonly root: string;
  readonly #work: string;

  constructor(root: string) {
    this.root = root;
    this.#work = path.join(root, `${workPrefix}${process.pid}`);
  }

  /** The path of a folder, if it is there. */
  find(name: string): string | undefined {
    const folder = path.join(this.root, name);
    return existsSync(folder) ? folder : undefined;
  }

  /** Lets one run at a time fill the cache, and removes what it and killed runs have not finished. */
  async whileLocked<Result>(
    { signal, log }: { readonly signal: AbortSignal; readonly log: (line: string) => void },
    action: () => Promise<Result>,
  ): Promise<Result> {
    await mkdir(this.root, { recursive: true });
    const onWait = ({ pid }: { pid: number }) => {
      log(`waiting for process ${pid}, which is installing programs`);
    };
    return withLock(path.join(this.root, "lock"), { signal, onWait }, async () => {
      await this.#removeOthersWork();
      await mkdir(this.#work, { recursive: true });
      try {
        return await action();
      } finally {
        await rm(this.#work, { recursive: true, force: true });
      }
    });
  }

  /** Removes what killed runs have left, and nothing of one that goes on: a lock can be held twice for an instant. */
  async #removeOthersWork(): Promise<void> {
    const left = (await readdir(this.root)).filter((name) => name.startsWith(workPrefix));
    const ended = left.filter((name) => startTimeOf(Number(name.slice(workPrefix.length))) === undefined);
    await Promise.all(ended.map((name) => rm(path.join(this.root, name), { recursive: true, force: true })));
  }

  /** While locked: publishes a folder that `fill` has filled, with the help of another one for scratch. */
  async publish<Result>(
    name: string,
    fill: (folder: string, scratch: string) => Promise<Result>,
  ): Promise<{ readonly folder: string; readonly result: Result }> {
    const [content, scratch] = [await mkdtemp(path.join(this.#work, "c")), await mkdtemp(path.join(this.#work, "s"))];
    const result = await fill(content, scratch);
    const folder = path.join(this.root, name);
    await mkdir(path.dirname(folder), { recursive: true });
    await rename(content, folder);
    return { folder, result };
  }
}
