import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { cacheFolder } from "../cache.mts";
import { isNamedProcess, isRunning, type NamedProcess } from "./process-identity.mts";
import { codeOf } from "../errors.mts";

/** A control plane that is being started. */
export interface StartingCluster {
  readonly phase: "starting";
  /** The process that starts it. */
  readonly starter: NamedProcess;
}

/** A control plane that has been started. Whether it still runs, only its processes tell. */
export interface StartedCluster {
  readonly phase: "started";
  readonly folder: string;
  readonly server: string;
  readonly kubeconfig: string;
  /** RFC 3339 */
  readonly since: string;
  readonly processes: readonly NamedProcess[];
}

/** What is noted of a control plane between two calls of the command. */
export type ClusterRecord = StartingCluster | StartedCluster;

/** Reads a cluster's record. Undefined when there is none; "unreadable" when it was written by something else. */
export function readCluster(name: string): ClusterRecord | "unreadable" | undefined {
  let text: string;
  try {
    text = readFileSync(recordPath(name), "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const record: unknown = JSON.parse(text);
    return isClusterRecord(record) ? record : "unreadable";
  } catch {
    return "unreadable";
  }
}

/** Notes that this process starts a cluster. False when there is a record already: somebody was faster. */
export function claimCluster(name: string, starter: NamedProcess): boolean {
  const path = recordPath(name);
  const draft = writeDraft(path, { phase: "starting", starter });
  try {
    // Unlike a rename, a link does not replace what is there.
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Notes how to reach a cluster that has been started. */
export function writeCluster(name: string, record: StartedCluster): void {
  const path = recordPath(name);
  renameSync(writeDraft(path, record), path);
}

/** Forgets a cluster. */
export function removeCluster(name: string): void {
  rmSync(recordPath(name), { force: true });
}

function recordPath(name: string): string {
  return join(cacheFolder(process.env), "clusters", `${name}.json`);
}

function writeDraft(path: string, record: ClusterRecord): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, JSON.stringify(record, null, 2), { mode: 0o600 });
  return draft;
}

function isClusterRecord(value: unknown): value is ClusterRecord {
  if (typeof value !== "object" || value === null || !("phase" in value)) return false;
  if (value.phase === "starting") return "starter" in value && isNamedProcess(value.starter);
  return (
    value.phase === "started" &&
    "folder" in value &&
    typeof value.folder === "string" &&
    "server" in value &&
    typeof value.server === "string" &&
    "kubeconfig" in value &&
    typeof value.kubeconfig === "string" &&
    "since" in value &&
    typeof value.since === "string" &&
    "processes" in value &&
    Array.isArray(value.processes) &&
    value.processes.every(isNamedProcess)
  );
}

/** How a cluster is now, judged by its record and by the processes that really run. */
export type ClusterState =
  | { readonly state: "absent" }
  | { readonly state: "starting"; readonly starter: NamedProcess }
  | { readonly state: "running"; readonly cluster: StartedCluster }
  | { readonly state: "broken"; readonly reason: string; readonly cluster: StartedCluster | undefined };

/** Finds out how a cluster is. */
export function clusterState(name: string): ClusterState {
  const record = readCluster(name);
  if (record === undefined) return { state: "absent" };
  if (record === "unreadable") return { state: "broken", reason: "its record is unreadable", cluster: undefined };
  return judge(record);
}

function judge(record: ClusterRecord): ClusterState {
  if (record.phase === "starting") {
    return isRunning(record.starter)
      ? { state: "starting", starter: record.starter }
      : { state: "broken", reason: "its start was killed half-way", cluster: undefined };
  }
  const ended = record.processes.filter((process) => !isRunning(process)).map(({ name }) => name);
  if (ended.length === 0) return { state: "running", cluster: record };
  const verb = ended.length === 1 ? "has" : "have";
  return { state: "broken", reason: `${ended.join(", ")} ${verb} ended`, cluster: record };
}
