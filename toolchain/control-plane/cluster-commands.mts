import {
  claimCluster,
  clusterState,
  type ClusterState,
  removeCluster,
  type StartedCluster,
  writeCluster,
} from "./clusters.mts";
import { type ControlPlane, startControlPlane } from "./control-plane.mts";
import { recordedProcesses, removeFolder } from "./folders.mts";
import { identifyProcess, type ProcessIdentity, signalProcess, waitUntilGone } from "./process-identity.mts";

/** Where a command writes its lines. */
export type Print = (line: string) => void;

/** What `start` needs. */
export interface StartClusterOptions {
  readonly name: string;
  readonly signingDuration?: string;
  readonly print: Print;
  /** Gets what happens meanwhile. */
  readonly log: Print;
  readonly signal: AbortSignal;
}

const stopMilliseconds = 40_000;
const notRunning = 3;

/** Starts a cluster that lives on after this process. Answers the exit code. */
export async function startCluster(options: StartClusterOptions): Promise<number> {
  const { name, print, log, signal } = options;
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error("This process's start time cannot be found out.");
  while (!claimCluster(name, { name: "starter", ...self })) {
    const current = clusterState(name);
    if (current.state === "running") {
      print(`Control plane "${name}" is already running.`);
      describe(name, current.cluster, print);
      return 0;
    }
    if (current.state === "starting") {
      print(`Control plane "${name}" is already being started, by process ${String(current.starter.pid)}.`);
      return 1;
    }
    if (current.state === "broken") {
      log(`removing what an earlier control plane "${name}" left: ${current.reason}`);
      await cleanUp(name, current.cluster);
    }
  }
  let cluster: StartedCluster;
  try {
    // Loaded only here: the other commands need no toolchain.
    const { prepareToolchain } = await import("../toolchain.mts");
    const { programs } = await prepareToolchain({ signal });
    const { signingDuration } = options;
    const controlPlane = await startControlPlane({
      programs,
      log,
      signal,
      ...(signingDuration === undefined ? {} : { signingDuration }),
    });
    cluster = await keepControlPlane(name, controlPlane, signal);
  } catch (error) {
    removeCluster(name);
    throw error;
  }
  print(`Control plane "${name}" is running.`);
  describe(name, cluster, print);
  return 0;
}

/** Stops a cluster and deletes its data. Answers the exit code. */
export async function stopCluster(name: string, print: Print): Promise<number> {
  const current = clusterState(name);
  switch (current.state) {
    case "absent":
      print(`Control plane "${name}" is not running.`);
      return 0;
    case "starting":
      // It cleans up after itself.
      await terminate([current.starter]);
      removeCluster(name);
      print(`Ended the start of control plane "${name}".`);
      return 0;
    case "broken":
      await cleanUp(name, current.cluster);
      print(`Control plane "${name}" was broken (${current.reason}). Removed what was left of it.`);
      return 0;
    case "running":
      await cleanUp(name, current.cluster);
      print(`Stopped control plane "${name}".`);
      return 0;
  }
}

/** Tells how a cluster is. Answers the exit code: 0 only if it runs. */
export function printClusterStatus(name: string, print: Print): number {
  const current = clusterState(name);
  print(`Control plane "${name}" is ${word(current)}.`);
  const cluster = current.state === "running" || current.state === "broken" ? current.cluster : undefined;
  if (cluster !== undefined) {
    print(`  since       ${cluster.since}`);
    print(`  server      ${cluster.server}`);
    print(`  kubeconfig  ${cluster.kubeconfig}`);
    print(`  processes   ${cluster.processes.map((process) => `${process.name} ${String(process.pid)}`).join(", ")}`);
  }
  if (current.state === "broken") print(`Clean up with: ${command("stop", name)}`);
  return current.state === "running" ? 0 : notRunning;
}

/** Turns a control plane that this process owns into one that lives until it is stopped. */
export async function keepControlPlane(
  name: string,
  controlPlane: ControlPlane,
  signal: AbortSignal,
): Promise<StartedCluster> {
  try {
    const { folder, server, kubeconfig } = controlPlane;
    const processes = recordedProcesses(folder);
    const cluster: StartedCluster = {
      phase: "started",
      folder,
      server,
      kubeconfig,
      since: new Date().toISOString(),
      processes,
    };
    writeCluster(name, cluster);
    signal.throwIfAborted();
    await controlPlane.detach();
    return cluster;
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

async function cleanUp(name: string, cluster: StartedCluster | undefined): Promise<void> {
  if (cluster !== undefined) {
    const keeper = cluster.processes.filter((process) => process.name === "keeper");
    // The keeper ends the servers; whatever outlives it has no keeper any more.
    await terminate(keeper);
    await terminate([...cluster.processes, ...recordedProcesses(cluster.folder)]);
    await removeFolder(cluster.folder);
  }
  removeCluster(name);
}

async function terminate(processes: readonly ProcessIdentity[]): Promise<void> {
  for (const process of processes) signalProcess(process, "SIGTERM");
  const left = await waitUntilGone(processes, stopMilliseconds);
  for (const process of left) signalProcess(process, "SIGKILL");
  const immortal = await waitUntilGone(left, stopMilliseconds);
  if (immortal.length > 0) {
    throw new Error(`Processes that cannot be ended: ${immortal.map(({ pid }) => String(pid)).join(", ")}`);
  }
}

function describe(name: string, { server, kubeconfig }: StartedCluster, print: Print): void {
  print(`  server      ${server}`);
  print(`  kubeconfig  ${kubeconfig}`);
  print("");
  print(`Use it:   export KUBECONFIG=${kubeconfig}`);
  print(`Stop it:  ${command("stop", name)}`);
}

function command(word: string, name: string): string {
  return `npm run cluster -- ${word}${name === "default" ? "" : ` --name ${name}`}`;
}

function word(current: ClusterState): string {
  switch (current.state) {
    case "absent":
      return "not running";
    case "starting":
      return `being started, by process ${String(current.starter.pid)}`;
    case "running":
      return "running";
    case "broken":
      return `broken: ${current.reason}`;
  }
}
