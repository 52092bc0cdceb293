import { mkdir } from "node:fs/promises";
import path from "node:path";

import { ToolchainError } from "../errors.mts";
import { lastWords, run } from "../processes.mts";
import type { InstallContext } from "./source.mts";

/**
 * Unpacks an archive into `folder` with the system's `tar`; an archive that it cannot read is refused by name.
 *
 * @param title what people know the archive as, where it is a copy
 */
export async function unpack(archive: string, folder: string, context: InstallContext, title = archive): Promise<void> {
  await mkdir(folder, { recursive: true });
  const result = await run("tar", ["-xf", archive, "-C", folder, "--no-same-owner"], {
    // All cores for the archives that were compressed in blocks.
    env: { ...context.environment, LC_ALL: "C", XZ_DEFAULTS: "-T0" },
    signal: context.signal,
  });
  if (result.succeeded) return;
  const said = lastWords(result);
  if (/xz.*(not found|no such file|cannot exec)/i.test(result.stderr)) {
    throw new ToolchainError(
      `${title}: tar needs the program xz to read it, and that is not installed (${said}). ` +
        "Install it (Debian and Ubuntu: xz-utils; Fedora and macOS' Homebrew: xz).",
    );
  }
  throw new ToolchainError(
    `${title} is refused: expected a complete ${extensionOf(archive)} archive, got one that tar cannot read (${said}). ` +
      "Remove it or get it again.",
  );
}

function extensionOf(archive: string): string {
  return /\.(tar\.xz|tar\.gz|zip)$/.exec(path.basename(archive))?.[0] ?? "tar";
}
