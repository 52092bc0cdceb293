import { ToolchainError } from "../errors.mts";

/** How a part is built from Go modules. */
export interface Recipe {
  /** The folder below `toolchain/recipes`. */
  readonly folder: string;
  /** The one version it builds. */
  readonly version: string;
  readonly flags: readonly string[];
  /** The packages to build and the program that each becomes. */
  readonly packages: Readonly<Record<string, string>>;
  /** Files of the module of some package that have to lie beside the recipe's own; schema.json gets the part's version. */
  readonly embedded?: { readonly package: string; readonly folder: string; readonly files: readonly string[] };
  /** What it takes, for whoever waits. */
  readonly cost: string;
}

/** Something that is installed as a whole. */
export interface Part {
  readonly name: string;
  readonly version: string;
  readonly kind: "programs" | "plugin";
  readonly programs: readonly string[];
  /** Programs taken along from sources that have them. */
  readonly extras: readonly string[];
  /** The URLs of the official files for a platform: archives, or the programs themselves. */
  readonly release: (platform: Platform) => readonly string[];
  /** Absent for what cannot be built. */
  readonly recipe?: Recipe;
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
