import { hostname } from "node:os";

import { identifyProcess, isRunning } from "../control-plane/process-identity.mts";

/** Who holds a lock or a temporary folder of the cache: a process of a machine. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly startTime: string;
}

/** This process. */
export function ownHolder(): Holder {
  return { host: hostname(), pid: process.pid, startTime: identifyProcess(process.pid)?.startTime ?? "unknown" };
}

/** Whether the holder still runs. That of another machine (containers may share a cache) is taken to. */
export function isAlive(holder: Holder): boolean {
  return holder.host !== hostname() || isRunning(holder);
}

/** The holder as the beginning of a file name; `parseHolder` reads it back. */
export function holderName({ host, pid, startTime }: Holder): string {
  return `${encodeURIComponent(host)}~${pid}~${encodeURIComponent(startTime)}`;
}

/** Reads what `holderName` wrote. */
export function parseHolder(name: string): Holder | undefined {
  const [host, pid, startTime] = name.split("~");
  if (host === undefined || startTime === undefined || !/^\d+$/.test(pid ?? "")) return undefined;
  return { host: decodeURIComponent(host), pid: Number(pid), startTime: decodeURIComponent(startTime) };
}
