import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A process as ps shows it. */
export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly kilobytes: number;
}

/** What a program and all that it started took at most. */
export interface ProcessPeak {
  readonly processes: number;
  /** Resident memory of all of them. What several share counts for each. */
  readonly bytes: number;
}

const intervalMilliseconds = 100;

/** Looks at a program's processes until the work is done. Looking costs CPU: measure time in another run. */
export async function peakWhile(work: (onStart: (pid: number) => void) => Promise<unknown>): Promise<ProcessPeak> {
  let root: number | undefined;
  let peak: ProcessPeak = { processes: 0, bytes: 0 };
  const look = async (): Promise<void> => {
    if (root !== undefined) {
      const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="]);
      const { processes, bytes } = totalOf(below(root, readProcesses(stdout)));
      peak = { processes: Math.max(peak.processes, processes), bytes: Math.max(peak.bytes, bytes) };
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, intervalMilliseconds);
  try {
    await work((pid) => {
      root = pid;
    });
  } finally {
    clearInterval(timer);
    await looking;
  }
  return peak;
}

/** What `ps -o pid=,ppid=,rss=` printed. */
export function readProcesses(text: string): ProcessLine[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, kilobytes }));
}

/** The processes below one, without itself: that is the shell which measures. */
export function below(root: number, processes: readonly ProcessLine[]): ProcessLine[] {
  const found = processes.filter(({ parent }) => parent === root);
  return found.flatMap((child) => [child, ...below(child.pid, processes)]);
}

function totalOf(processes: readonly ProcessLine[]): ProcessPeak {
  const kilobytes = processes.reduce((sum, process) => sum + process.kilobytes, 0);
  return { processes: processes.length, bytes: kilobytes * 1024 };
}
