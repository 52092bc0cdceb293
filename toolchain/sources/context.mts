import type { Cache, Environment } from "../cache.mts";
import { ToolchainError } from "../errors.mts";
import type { Part, Platform } from "../parts/part.mts";

/** Where a part that is not in the cache may come from, in the order in which they are tried. */
export const sourceNames = ["archives", "releases", "build"] as const;

export type SourceName = (typeof sourceNames)[number];

/** All that an installation depends on; nothing below reads `process.env` itself. */
export interface InstallContext {
  readonly cache: Cache;
  readonly platform: Platform;
  readonly environment: Environment;
  readonly sources: readonly SourceName[];
  /** Gets a line for whatever is done. */
  readonly log: (line: string) => void;
  /** SHA-256 sums, by an archive's name or a release's URL. Nothing without one is unpacked or downloaded. */
  readonly pins: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** `toolchain/recipes`. */
  readonly recipes: string;
}

/** Puts a part's programs into `folder`, and says where they came from; throws why it could not. */
export type Source = (part: Part, folder: string, scratch: string, context: InstallContext) => Promise<string>;

/** Reads `KUBERNETES_USER_TOOLCHAIN_SOURCES`; all sources where it is not set. */
export function parseSources(value = ""): readonly SourceName[] {
  if (value.trim() === "") return sourceNames;
  return value.split(",").map((word) => {
    const name = sourceNames.find((candidate) => candidate === word.trim());
    if (name !== undefined) return name;
    throw new ToolchainError(
      `KUBERNETES_USER_TOOLCHAIN_SOURCES: expected a comma-separated list of ${sourceNames.join(", ")}, got "${word}".`,
    );
  });
}
