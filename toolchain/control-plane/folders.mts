import type { ChildProcess } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isObject } from "../json.mts";
import { keepAlive, spawnWithLifeline } from "../processes.mts";
import { identifyProcess, isNamedProcess, isRunning, type NamedProcess } from "./process-identity.mts";

const prefix = "kubernetes-user-control-plane-";
const recordName = "processes.json";

/** A test runner's own `process.env` is not the one that Node looks at. */
function temporary(): string {
  return process.env["TMPDIR"] ?? tmpdir();
}

/** Makes a control plane's folder, open to its owner alone, and notes that this process works on it. */
export function createFolder(): string {
  const folder = mkdtempSync(join(temporary(), prefix));
  recordProcesses(folder, []);
  return folder;
}

/** Notes in a control plane's folder which servers there are, and whether they end with this process. */
export function recordProcesses(folder: string, servers: readonly NamedProcess[], owned = true): void {
  const owner = owned ? identifyProcess(process.pid) : undefined;
  const path = join(folder, recordName);
  writeFileSync(`${path}.new`, JSON.stringify({ owner: owner && { name: "owner", ...owner }, servers }), {
    mode: 0o600,
  });
  renameSync(`${path}.new`, path);
}

/** The servers noted in a folder; none when the folder or the note is missing. */
export function recordedProcesses(folder: string): readonly NamedProcess[] {
  return readRecord(folder)?.filter(({ name }) => name !== "owner") ?? [];
}

function readRecord(folder: string): readonly NamedProcess[] | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(join(folder, recordName), "utf8"));
    if (!isObject(record) || !Array.isArray(record["servers"])) return undefined;
    const processes: unknown[] = [record["owner"]].concat(record["servers"]);
    return processes.filter(isNamedProcess);
  } catch {
    return undefined;
  }
}

/** Removes a control plane's folder. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** Has a folder removed when this process is gone, however it ended, unless the guard is released. */
export function guardFolder(folder: string): ChildProcess {
  // Servers that die meanwhile may still write something.
  const script = 'read -r word <&3 || until rm -rf "$0"; do sleep 0.1; done';
  const guard = spawnWithLifeline(["-c", script, folder], {
    stdio: ["ignore", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  keepAlive(guard, false);
  return guard;
}

/**
 * Removes what control planes left behind that were killed together with their guards: folders of this user whose
 * processes have all ended. Answers their paths.
 */
export async function sweepFolders(): Promise<readonly string[]> {
  const stale = readdirSync(temporary())
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(temporary(), name))
    .filter(isStale);
  await Promise.all(stale.map(removeFolder));
  return stale;
}

function isStale(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true || stats.uid !== process.getuid?.()) return false;
  return readRecord(folder)?.some(isRunning) === false;
}
