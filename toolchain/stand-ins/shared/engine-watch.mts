import { fstatSync } from "node:fs";

/** How often the parent process is looked at where the standard input tells nothing. */
const parentCheckMilliseconds = 1_000;

/**
 * Calls back, once, when the engine that started this process is gone, however it went (kill -9 included).
 *
 * The engine keeps the write end of the standard input's pipe for as long as it lives: its end is seen at once. The
 * parent's process id stands in where standard input is no pipe, or where something else holds the pipe open.
 */
export function onEngineGone(callback: () => void): void {
  let gone = false;
  const report = (): void => {
    if (gone) return;
    gone = true;
    callback();
  };

  if (isPipe(0)) {
    process.stdin.once("end", report).once("close", report).once("error", report).resume();
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) report();
  }, parentCheckMilliseconds).unref();
}

/** /dev/null, a file and a terminal end for reasons that have nothing to do with the engine. */
function isPipe(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isFIFO() || status.isSocket();
  } catch {
    return false;
  }
}
