import { copyFile } from "node:fs/promises";
import path from "node:path";

import { codeOf, ToolchainError } from "../errors.mts";
import { type Part, type Platform, platformName } from "../parts/part.mts";
import type { InstallContext, Source } from "./context.mts";
import { checkSum, pinsTitle, RefusedError, unpackPrograms } from "./files.mts";

const variable = "KUBERNETES_USER_TOOLCHAIN_ARCHIVES";
const unpinnedVariable = "KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES";

/** What the archive of a part is called. */
export function archiveName(part: Pick<Part, "name" | "version">, platform: Platform): string {
  return `${part.name}-v${part.version}-${platformName(platform)}.tar.xz`;
}

/** Gets a part out of an archive in the folder that `KUBERNETES_USER_TOOLCHAIN_ARCHIVES` names. */
export const fromArchive: Source = async (part, folder, scratch, context) => {
  const archives = context.environment[variable];
  if (archives === undefined || archives === "") throw new ToolchainError(`${variable} is not set`);
  const name = archiveName(part, context.platform);
  const archive = path.resolve(archives, name);
  // The folder may be others' too: what is checked and unpacked is a copy that they cannot change in between.
  const copy = path.join(scratch, name);
  try {
    await copyFile(archive, copy);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new ToolchainError(`no ${name} in ${archives}`);
    throw error;
  }
  if (!allowsUnpinned(context)) {
    const sum = context.pins[name];
    if (sum === undefined) {
      throw new RefusedError(
        archive,
        `expected its SHA-256 sum in ${pinsTitle}, got none. ` +
          `Pin the sum of an archive that you have made or checked yourself, or set ${unpinnedVariable}=yes.`,
      );
    }
    await checkSum(copy, sum, archive);
  }
  await unpackPrograms(part, { archive: copy, title: archive, folder }, context);
  return `unpacked from ${archive}`;
};

function allowsUnpinned({ environment }: InstallContext): boolean {
  const value = environment[unpinnedVariable] ?? "";
  if (value === "" || value === "yes") return value === "yes";
  throw new ToolchainError(`${unpinnedVariable}: expected yes or nothing, got "${value}".`);
}
