import { chmod, readdir } from "node:fs/promises";
import path from "node:path";

import { messageOf, ToolchainError } from "./errors.mts";
import { type Part, platformName, titleOf } from "./parts/part.mts";
import { archiveName, fromArchive } from "./sources/archives.mts";
import { fromGo } from "./sources/build.mts";
import type { InstallContext, SourceName } from "./sources/context.mts";
import { RefusedError } from "./sources/files.mts";
import { fromRelease } from "./sources/releases.mts";

const sources = { archives: fromArchive, releases: fromRelease, build: fromGo } as const;

/** The folder of a part in the cache; undefined where it is not there. */
export function findPart(part: Part, { cache, platform }: InstallContext): string | undefined {
  return cache.find(folderOf(part, platform));
}

/**
 * While the cache is locked: installs each of the parts from the first source that has it, and says which. Builds come
 * last, since they take long. A part that no source has and that cannot be built is left out.
 *
 * @throws ToolchainError that names what was tried
 */
export async function installParts(parts: readonly Part[], context: InstallContext): Promise<void> {
  const failures = new Map(parts.map((part) => [part, new Array<string>()]));
  for (const kind of ["fetch", "build"] as const) {
    for (const [part, reasons] of failures) {
      const wanted = context.sources.filter((name) => (name === "build") === (kind === "build"));
      if (await install(part, wanted, reasons, context)) failures.delete(part);
      else if (kind === "build" && part.recipe !== undefined) throw nothingWorks(part, reasons, context);
    }
  }
}

async function install(
  part: Part,
  wanted: readonly SourceName[],
  reasons: string[],
  context: InstallContext,
): Promise<boolean> {
  for (const name of wanted) {
    try {
      const { result } = await context.cache.publish(folderOf(part, context.platform), async (folder, scratch) => {
        const origin = await sources[name](part, folder, scratch, context);
        const present = await readdir(folder);
        const missing = part.programs.filter((program) => !present.includes(program));
        if (missing.length > 0) throw new ToolchainError(`${origin}: expected ${missing.join(", ")} in it, got none`);
        for (const file of present) await chmod(path.join(folder, file), 0o755);
        return origin;
      });
      context.log(`${titleOf(part)}: ${result}`);
      return true;
    } catch (error) {
      context.signal.throwIfAborted();
      reasons.push(`${name}: ${messageOf(error)}`);
      if (error instanceof RefusedError) context.log(`${titleOf(part)}: ${error.message}`);
    }
  }
  return false;
}

function nothingWorks(part: Part, reasons: readonly string[], { platform }: InstallContext): ToolchainError {
  return new ToolchainError(
    [
      `No source has ${titleOf(part)}:`,
      ...reasons.map((reason) => `  ${reason}`),
      "What you can do, any one of these:",
      "  - install Go 1.26 or newer (https://go.dev/dl/) with access to Go modules: the programs are then built from source;",
      `  - get ${archiveName(part, platform)} and name its folder in KUBERNETES_USER_TOOLCHAIN_ARCHIVES;`,
      "  - pin the sums of official releases: docs/toolchain.md says how.",
    ].join("\n"),
  );
}

function folderOf(part: Part, platform: InstallContext["platform"]): string {
  return path.join("parts", `${part.name}-v${part.version}-${platformName(platform)}`);
}
