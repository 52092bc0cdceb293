import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { withLock } from "../lock.cjs";
import { clusterFile, type ClusterRecord, clusterState, removeCluster, writeCluster } from "./clusters.mts";
import { type ControlPlane, startControlPlane } from "./control-plane.mts";
import { recordedProcesses, removeFolder } from "./folders.mts";
import { signalProcess, waitUntilGone } from "./process-identity.mts";

/** What each command needs. */
export interface ClusterOptions {
  readonly name: string;
  readonly signal: AbortSignal;
}

const goneMilliseconds = 40_000;
const notRunning = 3;

/** Starts a cluster that lives on after this process. Answers the exit code. */
export function startCluster(options: ClusterOptions & { readonly signingDuration?: string }): Promise<number> {
  const { name, signal, ...more } = options;
  return whileLocked(options, async () => {
    const current = clusterState(name);
    if (current.state === "running") {
      console.log(`Control plane "${name}" is already running.`);
      describe(name, current.cluster);
      return 0;
    }
    if (current.state === "broken") {
      console.error(`removing what an earlier control plane "${name}" left: ${current.reason}`);
      await cleanUp(name, current.cluster);
    }
    // Loaded only here: the other commands need no toolchain.
    const { prepareToolchain } = await import("../toolchain.mts");
    const { programs } = await prepareToolchain({ signal });
    const controlPlane = await startControlPlane({ programs, log: console.error, signal, ...more });
    const cluster = await keepControlPlane(name, controlPlane, signal);
    console.log(`Control plane "${name}" is running.`);
    describe(name, cluster);
    return 0;
  });
}

/** Stops a cluster and deletes its data. Answers the exit code. */
export function stopCluster(options: ClusterOptions): Promise<number> {
  const { name } = options;
  return whileLocked(options, async () => {
    const current = clusterState(name);
    if (current.state === "absent") {
      console.log(`Control plane "${name}" is not running.`);
      return 0;
    }
    await cleanUp(name, current.cluster);
    console.log(
      current.state === "running"
        ? `Stopped control plane "${name}".`
        : `Control plane "${name}" was broken (${current.reason}). Removed what was left of it.`,
    );
    return 0;
  });
}

/** Tells how a cluster is. Answers the exit code: 0 only if it runs. */
export function printClusterStatus({ name }: ClusterOptions): number {
  const current = clusterState(name);
  if (current.state === "absent") {
    console.log(`Control plane "${name}" is not running.`);
    return notRunning;
  }
  const { cluster } = current;
  console.log(`Control plane "${name}" is ${current.state === "running" ? "running" : `broken: ${current.reason}`}.`);
  if (cluster !== undefined) {
    console.log(`  since       ${cluster.since}`);
    console.log(`  server      ${cluster.server}`);
    console.log(`  kubeconfig  ${cluster.kubeconfig}`);
    console.log(`  processes   ${cluster.processes.map(({ name, pid }) => `${name} ${String(pid)}`).join(", ")}`);
  }
  if (current.state === "running") return 0;
  console.log(`Clean up with: ${command("stop", name)}`);
  return notRunning;
}

/** Turns a control plane that this process owns into one that lives until it is stopped. */
export async function keepControlPlane(
  name: string,
  controlPlane: ControlPlane,
  signal: AbortSignal,
): Promise<ClusterRecord> {
  try {
    const { folder, server, kubeconfig } = controlPlane;
    const processes = recordedProcesses(folder);
    const cluster = { folder, server, kubeconfig, since: new Date().toISOString(), processes };
    signal.throwIfAborted();
    writeCluster(name, cluster);
    controlPlane.detach();
    return cluster;
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

/** One start or stop of a cluster at a time. */
function whileLocked<Result>({ name, signal }: ClusterOptions, action: () => Promise<Result>): Promise<Result> {
  const lock = `${clusterFile(name)}.lock`;
  mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
  const onWait = ({ pid }: { pid: number }): void => {
    console.error(`waiting for process ${String(pid)}, which is starting or stopping it`);
  };
  return withLock(lock, { signal, onWait }, action);
}

/** Nothing of its data is of use any more: no server needs to end in good order. */
async function cleanUp(name: string, cluster: ClusterRecord | undefined): Promise<void> {
  if (cluster !== undefined) {
    const processes = [...cluster.processes, ...recordedProcesses(cluster.folder)];
    for (const process of processes) signalProcess(process, "SIGKILL");
    const left = await waitUntilGone(processes, goneMilliseconds);
    if (left.length > 0) throw new Error(`Processes that cannot be ended: ${left.map(({ pid }) => pid).join(", ")}`);
    await removeFolder(cluster.folder);
  }
  removeCluster(name);
}

function describe(name: string, { server, kubeconfig }: ClusterRecord): void {
  console.log(`  server      ${server}`);
  console.log(`  kubeconfig  ${kubeconfig}`);
  console.log("");
  console.log(`Use it:   export KUBECONFIG=${kubeconfig}`);
  console.log(`Stop it:  ${command("stop", name)}`);
}

function command(word: string, name: string): string {
  return `npm run cluster -- ${word}${name === "default" ? "" : ` --name ${name}`}`;
}
