import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { cacheFolder } from "../cache.mts";
import { codeOf } from "../errors.mts";
import { isObject } from "../json.mts";
import { isNamedProcess, isRunning, type NamedProcess } from "./process-identity.mts";

/** What is noted of a control plane that lives until it is stopped. Whether it still runs, only its processes tell. */
export interface ClusterRecord {
  readonly folder: string;
  readonly server: string;
  readonly kubeconfig: string;
  /** RFC 3339 */
  readonly since: string;
  readonly processes: readonly NamedProcess[];
}

/** How a cluster is now, judged by its record and by the processes that really run. */
export type ClusterState =
  | { readonly state: "absent" }
  | { readonly state: "running"; readonly cluster: ClusterRecord }
  | { readonly state: "broken"; readonly reason: string; readonly cluster: ClusterRecord | undefined };

/** Finds out how a cluster is. */
export function clusterState(name: string): ClusterState {
  let text: string;
  try {
    text = readFileSync(clusterFile(name), "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { state: "absent" };
    throw error;
  }
  const cluster = parseRecord(text);
  if (cluster === undefined) return { state: "broken", reason: "its record is unreadable", cluster };
  const ended = cluster.processes.filter((process) => !isRunning(process)).map((process) => process.name);
  if (ended.length === 0) return { state: "running", cluster };
  return { state: "broken", reason: `${ended.join(", ")} ${ended.length === 1 ? "has" : "have"} ended`, cluster };
}

/** Notes how to reach a cluster that has been started. */
export function writeCluster(name: string, record: ClusterRecord): void {
  const file = clusterFile(name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${String(process.pid)}`;
  writeFileSync(draft, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(draft, file);
}

/** Forgets a cluster. */
export function removeCluster(name: string): void {
  rmSync(clusterFile(name), { force: true });
}

/** The file that notes it. */
export function clusterFile(name: string): string {
  return join(cacheFolder(process.env), "clusters", `${name}.json`);
}

function parseRecord(text: string): ClusterRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isClusterRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isClusterRecord(value: unknown): value is ClusterRecord {
  return (
    isObject(value) &&
    ["folder", "server", "kubeconfig", "since"].every((key) => typeof value[key] === "string") &&
    Array.isArray(value["processes"]) &&
    // Of one that is noted without servers, nobody could tell whether it runs.
    value["processes"].length > 0 &&
    value["processes"].every(isNamedProcess)
  );
}
