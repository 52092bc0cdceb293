import { ToolchainError } from "./errors.mts";

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
