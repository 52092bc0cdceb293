import { access, readFile } from "node:fs/promises";
import path from "node:path";

import { sha256Of } from "../cache/manifest.mts";
import { findSum } from "../downloads/checksums.mts";
import { codeOf, ToolchainError } from "../errors.mts";
import { titleOf, type Part } from "../parts/part.mts";
import { platformName, type Platform } from "../platform.mts";
import { collectPrograms } from "./collect.mts";
import type { InstallContext } from "./source.mts";
import { unpack } from "./unpack.mts";

const variable = "KUBERNETES_USER_TOOLCHAIN_ARCHIVES";

/** What the archive of a part is called. */
export function archiveName(part: Pick<Part, "name" | "version">, platform: Platform): string {
  return `${part.name}-v${part.version}-${platformName(platform)}.tar.xz`;
}

/** Gets a part out of an archive in the folder that `KUBERNETES_USER_TOOLCHAIN_ARCHIVES` names. */
export async function fillFromArchive(
  part: Part,
  folder: string,
  scratch: string,
  context: InstallContext,
): Promise<string> {
  const archive = await findArchive(part, context);
  const task = context.reporter.task(`${titleOf(part)}: unpacking`);
  try {
    await checkSum(archive);
    const unpacked = path.join(scratch, "archive");
    await unpack(archive, unpacked, context);
    await collectPrograms(part, unpacked, folder, archive);
  } finally {
    task.end();
  }
  return `unpacked from ${archive}`;
}

async function findArchive(part: Part, { environment, platform }: InstallContext): Promise<string> {
  const folder = environment[variable];
  if (folder === undefined || folder === "") throw new ToolchainError(`${variable} is not set`);
  const archive = path.resolve(folder, archiveName(part, platform));
  try {
    await access(archive);
    return archive;
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new ToolchainError(`no ${path.basename(archive)} in ${folder}`);
    throw error;
  }
}

/** Archives need no sums, but where SHA256SUMS lies beside them it has to be right. */
async function checkSum(archive: string): Promise<void> {
  const list = path.join(path.dirname(archive), "SHA256SUMS");
  let text: string;
  try {
    text = await readFile(list, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const expected = findSum(text, path.basename(archive));
  const actual = expected === undefined ? undefined : await sha256Of(archive);
  if (expected === actual) return;
  throw new ToolchainError(
    `${archive} is refused: expected SHA-256 ${expected ?? ""} (${list}), got ${actual ?? ""}. Remove it or get it again.`,
  );
}
