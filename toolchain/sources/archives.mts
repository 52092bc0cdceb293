import { access, copyFile, readFile } from "node:fs/promises";
import path from "node:path";

import { sha256Of } from "../cache/manifest.mts";
import { findSum } from "../downloads.mts";
import { codeOf, ToolchainError } from "../errors.mts";
import { type Part, type Platform, platformName, titleOf } from "../parts/part.mts";
import { pinsTitle } from "../parts/pins.mts";
import type { InstallContext } from "./source.mts";
import { collectPrograms, unpack } from "./unpack.mts";

const variable = "KUBERNETES_USER_TOOLCHAIN_ARCHIVES";
const unpinnedVariable = "KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES";

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
    const expected = await expectedSum(archive, context);
    // The folder may be others' too: what is checked and unpacked is a copy that they cannot change in between.
    const copy = path.join(scratch, path.basename(archive));
    await copyFile(archive, copy);
    if (expected !== undefined) await checkSum(archive, copy, expected);
    const unpacked = path.join(scratch, "archive");
    await unpack(copy, unpacked, context, archive);
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

interface ExpectedSum {
  readonly sum: string;
  /** Who says so. */
  readonly from: string;
}

/**
 * The sum that an archive must have: the one that this repository pins, or else that of SHA256SUMS beside it. A list
 * that does not have the archive refuses it, and so does the absence of both, unless the user has said that archives
 * need no pin.
 */
async function expectedSum(archive: string, context: InstallContext): Promise<ExpectedSum | undefined> {
  const name = path.basename(archive);
  const unpinned = allowsUnpinned(context);
  const pinned = unpinned ? undefined : context.pins.archives.get(name);
  if (pinned !== undefined) return { sum: pinned, from: pinsTitle };
  const list = path.join(path.dirname(archive), "SHA256SUMS");
  const text = await readIfThere(list);
  if (text === undefined && unpinned) return undefined;
  const listed = text === undefined ? undefined : findSum(text, name);
  if (listed !== undefined) return { sum: listed, from: list };
  const sources = text === undefined ? `${pinsTitle} or in SHA256SUMS beside it` : list;
  throw new ToolchainError(
    `${archive} is refused: expected its SHA-256 sum in ${sources}, got none. ` +
      `Pin the sum of an archive that you have made or checked yourself, or set ${unpinnedVariable}=yes.`,
  );
}

function allowsUnpinned({ environment }: InstallContext): boolean {
  const value = environment[unpinnedVariable] ?? "";
  if (value === "" || value === "yes") return value === "yes";
  throw new ToolchainError(`${unpinnedVariable}: expected yes or nothing, got "${value}".`);
}

async function checkSum(archive: string, copy: string, expected: ExpectedSum): Promise<void> {
  const actual = await sha256Of(copy);
  if (actual === expected.sum) return;
  throw new ToolchainError(
    `${archive} is refused: expected SHA-256 ${expected.sum} (${expected.from}), got ${actual}. Remove it or get it again.`,
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
