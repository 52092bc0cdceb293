import { lstatSync } from "node:fs";

/** Whether something has that path, even a link that leads nowhere. What cannot be found out, writing tells. */
export function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
