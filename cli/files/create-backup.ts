import { lstatSync } from "node:fs";
import { createFiles } from "./create-files";

/**
 * Keeps what a file holds in a new file beside it, for its owner alone: `FILE.backup`, or the first free one of
 * `FILE.backup-2`, `FILE.backup-3` and so on. Never writes over a file, which may be the only copy of the original.
 *
 * @returns the new file's path.
 * @throws KubernetesUserError `file-unwritable`
 */
export function createBackup(path: string, content: string): string {
  let backup = `${path}.backup`;
  for (let number = 2; isTaken(backup); number += 1) {
    backup = `${path}.backup-${number}`;
  }
  createFiles([{ path: backup, content, mode: 0o600 }]);
  return backup;
}

/** Whether something has that path, even a link that leads nowhere. What cannot be found out, writing tells. */
export function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
