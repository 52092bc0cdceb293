import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { codeOf } from "./errors.mts";

/** One process for good: numbers are used again, but not together with the same start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the operating system tells it; only good for comparison. */
  readonly startTime: string;
}

/** A process and what it is in a control plane: `keeper`, or a server's name. */
export interface NamedProcess extends ProcessIdentity {
  readonly name: string;
}

const hasProc = existsSync("/proc/self/stat");

/** The identity of a running process; undefined when there is none, or when it only waits to be reaped. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startTime = hasProc ? startTimeFromProc(pid) : startTimeFromPs(pid);
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

function startTimeFromProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? undefined : rest[18];
}

function startTimeFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state = "", ...startTime] = line.split(/\s+/);
    return state.startsWith("Z") || startTime.length === 0 ? undefined : startTime.join(" ");
  } catch {
    return undefined;
  }
}
