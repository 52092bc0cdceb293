import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { codeOf } from "../errors.mts";
import { type Holder, holderName, isAlive, ownHolder, parseHolder } from "./holder.mts";

/** A lock of the cache, and who is told when it has to be waited for. */
export interface LockOptions {
  readonly signal: AbortSignal;
  readonly onWait: (holder: Holder) => void;
}

const pollMilliseconds = 200;
let counter = 0;

/**
 * Runs `action` while holding the lock file, so that a second run waits for the first instead of building the same
 * thing for many minutes. The lock of a process that no longer runs is taken over. It only saves work: two holders at
 * once (possible for an instant, when three processes find the same dead holder) do no harm, since what is installed is
 * published by an atomic rename.
 */
export async function withLock<Result>(
  file: string,
  options: LockOptions,
  action: () => Promise<Result>,
): Promise<Result> {
  const release = await acquire(file, options);
  try {
    return await action();
  } finally {
    await release();
  }
}

async function acquire(file: string, { signal, onWait }: LockOptions): Promise<() => Promise<void>> {
  const content = `${holderName(ownHolder())}~${++counter}`;
  // Linked into place when it is complete: nobody ever reads a lock without its holder's name.
  const candidate = `${file}.${content}`;
  await writeFile(candidate, content);
  let told = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (await linked(candidate, file)) return () => removeIf(file, content);
      const found = await contentOf(file);
      const holder = found === undefined ? undefined : parseHolder(found);
      if (found === undefined) continue;
      if (holder === undefined || !isAlive(holder)) {
        await removeIf(file, found);
        continue;
      }
      if (!told) onWait(holder);
      told = true;
      await delay(pollMilliseconds, undefined, { signal });
    }
  } finally {
    await rm(candidate, { force: true });
  }
}

async function linked(candidate: string, file: string): Promise<boolean> {
  try {
    await link(candidate, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Moved aside before it is looked at, so that the lock of whoever was faster is not removed instead. */
async function removeIf(file: string, content: string): Promise<void> {
  const aside = `${file}.aside~${process.pid}~${++counter}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if ((await contentOf(aside)) !== content) await linked(aside, file);
  await rm(aside, { force: true });
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
