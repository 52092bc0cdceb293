import { readFileSync } from "node:fs";
import path from "node:path";

import { isObject } from "../cache/manifest.mts";
import { ToolchainError } from "../errors.mts";

/** The SHA-256 sums that this repository commits to, in lower-case hexadecimal digits. */
export interface Pins {
  /** Of archives, by file name. */
  readonly archives: ReadonlyMap<string, string>;
  /** Of the files of official releases, by URL. */
  readonly releases: ReadonlyMap<string, string>;
}

/** Beside the versions that they belong to. */
export const pinsFile = path.join(import.meta.dirname, "pins.json");

/** What people know the file as. */
export const pinsTitle = "toolchain/parts/pins.json";

/** Something that no sum is pinned for: no fault of any server, and put right by a commit. */
export class MissingPinError extends ToolchainError {}

const sha256 = /^[0-9a-f]{64}$/;

/** Reads the pins; anything in the file but sums is an error, so that no typing mistake unpins a file. */
export function readPins(file: string = pinsFile): Pins {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  const unknown = isObject(value) ? Object.keys(value).find((key) => key !== "archives" && key !== "releases") : "";
  if (!isObject(value) || unknown !== undefined) {
    throw new ToolchainError(`${file}: expected archives and releases, got ${unknown === "" ? "no object" : unknown}.`);
  }
  return { archives: sumsOf(value, "archives", file), releases: sumsOf(value, "releases", file) };
}

/** The file's text: sorted, so that a difference shows what has changed and nothing else. */
export function formatPins({ archives, releases }: Pins): string {
  const sorted = (sums: ReadonlyMap<string, string>) =>
    Object.fromEntries([...sums].sort(([left], [right]) => (left < right ? -1 : 1)));
  return `${JSON.stringify({ archives: sorted(archives), releases: sorted(releases) }, undefined, 2)}\n`;
}

function sumsOf(
  value: Readonly<Record<string, unknown>>,
  key: "archives" | "releases",
  file: string,
): ReadonlyMap<string, string> {
  const sums = value[key];
  if (!isObject(sums)) throw new ToolchainError(`${file}: ${key}: expected an object, got ${typeof sums}.`);
  return new Map(
    Object.entries(sums).map(([name, sum]) => {
      if (typeof sum === "string" && sha256.test(sum)) return [name, sum];
      throw new ToolchainError(
        `${file}: ${key}["${name}"]: expected a SHA-256 sum, 64 lower-case hexadecimal digits, got ${JSON.stringify(sum)}.`,
      );
    }),
  );
}
