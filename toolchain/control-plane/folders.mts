import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { identifyProcess, isNamedProcess, isRunning, type NamedProcess } from "./process-identity.mts";

const prefix = "kubernetes-user-";
const recordName = "processes.json";
const namePattern = new RegExp(`^${prefix}(\\d+)-([0-9a-f]{8})-\\w{6}$`);

/** Makes a control plane's folder, open to its owner alone. Its name tells which process it belongs to. */
export function createFolder(): string {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error("This process's start time cannot be found out.");
  return mkdtempSync(join(tmpdir(), `${prefix}${String(self.pid)}-${shortHash(self.startTime)}-`));
}

/** Notes in a control plane's folder which processes work on it. */
export function recordProcesses(folder: string, processes: readonly NamedProcess[]): void {
  const path = join(folder, recordName);
  writeFileSync(`${path}.new`, JSON.stringify(processes), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The processes noted in a folder; none when the folder or the note is missing. */
export function recordedProcesses(folder: string): readonly NamedProcess[] {
  const path = join(folder, recordName);
  if (!existsSync(path)) return [];
  try {
    const processes: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(processes) ? processes.filter(isNamedProcess) : [];
  } catch {
    return [];
  }
}

/** Removes a control plane's folder. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/**
 * Removes what control planes left behind that were killed together with their keepers: folders of this user whose
 * processes have all ended. Answers their paths.
 */
export async function sweepFolders(): Promise<readonly string[]> {
  const stale = readdirSync(tmpdir())
    .map((name) => join(tmpdir(), name))
    .filter(isStale);
  await Promise.all(stale.map(removeFolder));
  return stale;
}

function isStale(folder: string): boolean {
  const [, pid, startTime] = namePattern.exec(basename(folder)) ?? [];
  if (pid === undefined || startTime === undefined) return false;
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true || stats.uid !== process.getuid?.()) return false;
  const keeper = identifyProcess(Number(pid));
  const kept = keeper !== undefined && shortHash(keeper.startTime) === startTime;
  return !kept && !recordedProcesses(folder).some(isRunning);
}

function shortHash(startTime: string): string {
  return createHash("sha256").update(startTime).digest("hex").slice(0, 8);
}
