import { setTimeout as delay } from "node:timers/promises";

import { startTimeOf } from "../lock.cjs";
import { codeOf } from "../errors.mts";

/** One process for good: numbers are used again, but not together with the same start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the operating system tells it; only good for comparison. */
  readonly startTime: string;
}

/** A process and what it is in a control plane: the owner, or a server by its name. */
export interface NamedProcess extends ProcessIdentity {
  readonly name: string;
}

/** The identity of a running process; undefined when there is none, or when it only waits to be reaped. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether this very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startTime === identity.startTime;
}

/** Sends a signal to this very process; it may have gone already. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

/**
 * Waits until none of the processes runs. Nobody but a parent is told of a process's end, so this looks again and
 * again. Answers those that are still there when the time is over.
 */
export async function waitUntilGone(
  processes: readonly ProcessIdentity[],
  milliseconds: number,
): Promise<readonly ProcessIdentity[]> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const left = processes.filter(isRunning);
    if (left.length === 0 || Date.now() >= deadline) return left;
    await delay(20);
  }
}

/** Whether a value read from a file names a process. */
export function isNamedProcess(value: unknown): value is NamedProcess {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "startTime" in value &&
    typeof value.startTime === "string"
  );
}
