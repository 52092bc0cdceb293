import type { Platform } from "../platform.mts";
import type { VersionRange } from "../versions.mts";

/** How a program is asked for its version. */
export interface VersionQuestion {
  readonly args: readonly string[];
  /** Its first group is the version. */
  readonly answer: RegExp;
}

/** One executable file of a part. */
export interface Program {
  readonly name: string;
  /** Absent where a program cannot be asked: a plugin's version stands in the name of its folder. */
  readonly version?: VersionQuestion;
}

/** A file of an official release. */
export interface ReleaseFile {
  readonly url: string;
  /** Where its SHA-256 sum is published, for whoever pins it; the first address that has one counts. */
  readonly sums: readonly string[];
  /** `program`: the file is the program itself, named like it. */
  readonly format: "archive" | "program";
}

/** How a part is built from Go modules. */
export interface Recipe {
  /** The folder below `toolchain/recipes`. */
  readonly folder: string;
  /** The one version it builds. */
  readonly version: string;
  readonly flags: readonly string[];
  /** The packages to build and the program that each becomes. */
  readonly packages: Readonly<Record<string, string>>;
  /** Files of a module that have to lie beside the recipe's own. */
  readonly embedded?: EmbeddedFiles;
  /** What it takes, for whoever waits. */
  readonly cost: string;
}

/** Files taken from a module's folder into the recipe before it is built. */
export interface EmbeddedFiles {
  readonly module: string;
  readonly folder: string;
  readonly files: readonly string[];
  /** This one gets the part's version as its top-level `version`. */
  readonly stamped: string;
}

/** Something that is installed as a whole. */
export interface Part {
  readonly name: string;
  readonly version: string;
  readonly kind: "programs" | "plugin";
  readonly programs: readonly Program[];
  /** Files taken along from sources that have them. */
  readonly extras: readonly string[];
  /** Which versions already on the machine will do. */
  readonly range: VersionRange;
  /** The official files for a platform, or why there are none. */
  readonly release: (platform: Platform) => readonly ReleaseFile[] | string;
  /** Absent for what cannot be built. */
  readonly recipe?: Recipe;
  /** Whether this project has something to use in its place. */
  readonly hasStandIn: boolean;
}

/** The part as people call it: `etcd 3.6.8`. */
export function titleOf(part: Pick<Part, "name" | "version">): string {
  return `${part.name} ${part.version}`;
}
