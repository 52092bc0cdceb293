import { readFileSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import { interrupted } from "../session";
import { systemCode, unreadableFile } from "./file-errors";

/** What stands for standard input where a file's path may stand. */
export const standardInput = "-";

/** The text of a file. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadableFile(path, `cannot be read (${systemCode(error)})`, "Check its path and its permissions.");
  }
}

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string, signal: AbortSignal): Promise<string> {
  if (path !== standardInput) {
    return readTextFile(path);
  }
  try {
    return await text(addAbortSignal(signal, process.stdin));
  } catch (error) {
    throw signal.aborted
      ? interrupted()
      : unreadableFile("standard input", `cannot be read (${systemCode(error)})`, "Name a file instead.");
  }
}
