import { type ClusterRecord, readCluster, type StartedCluster } from "./cluster-records.mts";
import { isRunning, type NamedProcess } from "./process-identity.mts";

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
