import type { Environment, Store } from "../cache/store.mts";
import { ToolchainError } from "../errors.mts";
import type { Part, Platform } from "../parts/part.mts";
import type { Pins } from "../parts/pins.mts";
import type { Reporter } from "../reporter.mts";
import type { StubBundles } from "./stubs.mts";

/** Where a part may come from, in the order in which they are tried. */
export const sourceNames = ["installed", "cache", "archives", "releases", "build"] as const;

export type SourceName = (typeof sourceNames)[number];

/** All that an installation depends on; nothing below reads `process.env` itself. */
export interface InstallContext {
  readonly store: Store;
  readonly platform: Platform;
  readonly environment: Environment;
  readonly sources: ReadonlySet<SourceName>;
  readonly reporter: Reporter;
  /** The sums without which nothing is downloaded or unpacked. */
  readonly pins: Pins;
  readonly signal: AbortSignal;
  /** `toolchain/recipes`. */
  readonly recipes: string;
  /** This repository's `node_modules`. */
  readonly nodeModules: string;
  readonly stubs: StubBundles;
}

/** Gets a part from one source into `folder`, and says where it came from; throws why it could not. */
export type Filler = (part: Part, folder: string, scratch: string, context: InstallContext) => Promise<string>;

/** An executable file that is ready to be used. */
export interface LocatedFile {
  readonly name: string;
  readonly path: string;
  /** Changes with the content of the file. */
  readonly identity: string;
}

/** A part that was found or installed. */
export interface Located {
  readonly name: string;
  readonly version: string;
  readonly kind: Part["kind"];
  readonly source: SourceName | "stub";
  /** Where it came from, in words. */
  readonly origin: string;
  readonly files: readonly LocatedFile[];
}

/** Why a source did not do. */
export interface Failure {
  readonly source: SourceName;
  readonly reason: string;
}

/** Reads `KUBERNETES_USER_TOOLCHAIN_SOURCES`; all sources where it is not set. */
export function parseSources(value: string | undefined): ReadonlySet<SourceName> {
  if (value === undefined || value.trim() === "") return new Set(sourceNames);
  const words = value.split(",").map((word) => word.trim());
  return new Set(
    words.map((word) => {
      const name = sourceNames.find((candidate) => candidate === word);
      if (name !== undefined) return name;
      throw new ToolchainError(
        `KUBERNETES_USER_TOOLCHAIN_SOURCES: expected a comma-separated list of ${sourceNames.join(", ")}, got "${word}".`,
      );
    }),
  );
}
