import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/**
 * Ends a process with everything that it has started.
 *
 * @param leads whether it leads a process group of its own, by which even those are found whose parents are gone.
 */
export function killTree(
  { pid }: Pick<ChildProcess, "pid">,
  leads: boolean,
  platform: NodeJS.Platform = process.platform,
): void {
  if (pid === undefined) {
    return;
  }
  if (platform === "win32") {
    spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on(
      "error",
      () => undefined,
    );
    return;
  }
  if (leads) {
    kill(-pid);
    return;
  }
  for (const found of [pid, ...descendants(pid)]) {
    kill(found);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function descendants(root: number): readonly number[] {
  const listing = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  // Without ps there is none, and only the process itself is ended.
  const text = listing.error === undefined ? listing.stdout : "";
  const parents = new Map<number, number>();
  for (const [, pid, parent] of text.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)) {
    parents.set(Number(pid), Number(parent));
  }
  const found = new Set([root]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of parents) {
      if (found.has(parent)) {
        found.add(pid);
      }
    }
  }
  found.delete(root);
  return [...found];
}
