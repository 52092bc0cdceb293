import { type ChildProcess, spawn, type SpawnOptions, type StdioOptions } from "node:child_process";
import { Writable } from "node:stream";

/**
 * The shell leaves a watcher behind and becomes the program itself. The watcher reads a pipe from this process: the
 * pipe's end means that this process is gone, however it ended, and takes the program along.
 */
const guardedStart = `( read -r word <&3 || kill -KILL $$ ) </dev/null >/dev/null 2>&1 &
exec "$0" "$@" 3<&-`;

/** Starts a program that does not outlive this process, not even when this one is killed. */
export function guardedSpawn(
  program: string,
  args: readonly string[],
  { stdio, ...options }: Omit<SpawnOptions, "stdio"> & { readonly stdio: readonly ("ignore" | "pipe" | number)[] },
): ChildProcess {
  const withPipe: StdioOptions = [...stdio, "pipe"];
  const child = spawn("/bin/sh", ["-c", guardedStart, program, ...args], { ...options, stdio: withPipe });
  const pipe = child.stdio[3];
  if (pipe instanceof Writable) {
    // The watcher may be gone first when everything is killed at once.
    pipe.on("error", () => undefined);
    // A word instead of the pipe's end: the watcher leaves without killing whoever has the number next.
    child.once("exit", () => pipe.end("ended\n"));
  }
  return child;
}
