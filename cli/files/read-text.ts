import { readFileSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import { buffer } from "node:stream/consumers";
import { KubernetesUserError } from "../../components/core/errors";
import { interrupted } from "../command-context";
import { systemCode, unreadableFile } from "./file-errors";

/** What stands for standard input where a file's path may stand. */
export const standardInput = "-";

/** The text of a file. */
export function readTextFile(path: string): string {
  try {
    return decode(readFileSync(path), path);
  } catch (error) {
    throw error instanceof KubernetesUserError
      ? error
      : unreadableFile(path, `cannot be read (${systemCode(error)})`, "Check its path and its permissions.");
  }
}

/** Bytes as text. What is no UTF-8 is refused: read with replacements, it would be another text. */
function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadableFile(source, "is not UTF-8 text", "Save it as UTF-8: PowerShell's > writes UTF-16.");
  }
}

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string, signal: AbortSignal): Promise<string> {
  if (path !== standardInput) {
    return readTextFile(path);
  }
  const source = "standard input";
  let bytes: Uint8Array;
  try {
    bytes = await buffer(addAbortSignal(signal, process.stdin));
  } catch (error) {
    throw signal.aborted
      ? interrupted()
      : unreadableFile(source, `cannot be read (${systemCode(error)})`, "Name a file instead.");
  }
  return decode(bytes, source);
}
