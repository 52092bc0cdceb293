import { ToolchainError } from "../errors.mts";

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
  readonly hasStub: boolean;
}

/** The part as people call it: `etcd 3.6.8`. */
export function titleOf(part: Pick<Part, "name" | "version">): string {
  return `${part.name} ${part.version}`;
}

/** An operating system and a processor, in the words that Go and Kubernetes use for them. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

/** The platform this process runs on; anything but Linux and macOS on amd64 and arm64 is refused. */
export function currentPlatform(os: string = process.platform, arch: string = process.arch): Platform {
  if (os !== "linux" && os !== "darwin") {
    throw new ToolchainError(`operating system: expected linux or darwin (macOS), got ${os}. Use WSL 2 on Windows.`);
  }
  if (arch !== "x64" && arch !== "arm64") {
    throw new ToolchainError(`processor: expected x64 or arm64, got ${arch}. No programs are published for it.`);
  }
  return { os, arch: arch === "x64" ? "amd64" : "arm64" };
}

/** The platform as it stands in file names: `linux-amd64`. */
export function platformName({ os, arch }: Platform): string {
  return `${os}-${arch}`;
}

/** Which versions of a program will do. */
export interface VersionRange {
  /** For messages: `1.36.x`. */
  readonly wanted: string;
  accepts(version: string): boolean;
}

/** Any patch release of one minor version: `1.36.4` accepts every 1.36.x. */
export function sameMinor(version: string): VersionRange {
  const [major, minor] = numbersOf(version);
  return {
    wanted: `${major}.${minor}.x`,
    accepts: (candidate) => {
      const [candidateMajor, candidateMinor] = numbersOf(candidate);
      return candidateMajor === major && candidateMinor === minor;
    },
  };
}

/** That version or a newer one with the same major number. */
export function atLeast(version: string): VersionRange {
  const [major] = numbersOf(version);
  return {
    wanted: `${version} or newer, before ${major + 1}.0.0`,
    accepts: (candidate) => numbersOf(candidate)[0] === major && compareVersions(candidate, version) >= 0,
  };
}

/** Negative where `left` is the older one; what follows the three numbers is not looked at. */
export function compareVersions(left: string, right: string): number {
  const others = numbersOf(right);
  for (const [index, number] of numbersOf(left).entries()) {
    const difference = number - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): [number, number, number] {
  const [, major = "0", minor = "0", patch = "0"] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}
