import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { mkdtemp, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { ToolchainError } from "../errors.mts";
import { isObject } from "../json.mts";
import type { Part } from "../parts/part.mts";
import { lastWords, run } from "../processes.mts";
import type { InstallContext } from "./context.mts";

/** What people know the file of the pinned sums as. */
export const pinsTitle = "toolchain/parts/pins.json";

/** The SHA-256 sums that this repository pins, beside the versions that they belong to. */
export function readPins(): Readonly<Record<string, string>> {
  const file = path.join(import.meta.dirname, "../parts/pins.json");
  const pins: unknown = JSON.parse(readFileSync(file, "utf8"));
  return Object.fromEntries(Object.entries(isObject(pins) ? pins : {}).map(([name, sum]) => [name, String(sum)]));
}

/** Something was not what it should be: this has to be seen even where another source works. */
export class RefusedError extends ToolchainError {
  constructor(title: string, reason: string) {
    super(`${title} is refused: ${reason}`);
  }
}

/** Fails unless a file has the SHA-256 sum that is pinned for what people know as `title`. */
export async function checkSum(file: string, expected: string, title: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest("hex");
  if (actual === expected) return;
  throw new RefusedError(
    title,
    `expected SHA-256 ${expected} (${pinsTitle}), got ${actual}. Get it again, or find out who has changed it.`,
  );
}

/**
 * Moves a part's programs from wherever an archive keeps them straight into `folder`. Only regular files count: a link
 * would point out of the archive.
 */
export async function unpackPrograms(
  part: Part,
  { archive, title, folder }: { readonly archive: string; readonly title: string; readonly folder: string },
  { environment, signal }: InstallContext,
): Promise<void> {
  const unpacked = await mkdtemp(path.join(path.dirname(archive), "unpacked-"));
  // All cores for the archives that were compressed in blocks.
  const env = { ...environment, LC_ALL: "C", XZ_DEFAULTS: "-T0" };
  const result = await run("tar", ["-xf", archive, "-C", unpacked, "--no-same-owner"], { env, signal });
  if (!result.succeeded) {
    throw new RefusedError(title, `tar, which may need the program xz, cannot read it (${lastWords(result)})`);
  }
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  for (const name of [...part.programs, ...part.extras]) {
    const entry = entries.find((file) => file.isFile() && file.name === name);
    if (entry !== undefined) await rename(path.join(entry.parentPath, name), path.join(folder, name));
  }
}
