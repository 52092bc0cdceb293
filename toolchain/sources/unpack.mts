import { chmod, mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";

import { ToolchainError } from "../errors.mts";
import type { Part, Program } from "../parts/part.mts";
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

const answerMilliseconds = 20_000;

/**
 * Moves a part's programs from wherever an archive keeps them straight into `folder`. Only regular files count: a link
 * would point out of the archive.
 */
export async function collectPrograms(part: Part, unpacked: string, folder: string, from: string): Promise<void> {
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const name of [...part.programs.map((program) => program.name), ...part.extras]) {
    const entry = files.find((file) => file.name === name);
    if (entry !== undefined) await rename(path.join(entry.parentPath, name), path.join(folder, name));
  }
  await requirePrograms(part, folder, from);
}

/** The names of the part's files in a folder, all made executable; fails where a program is missing. */
export async function requirePrograms(part: Part, folder: string, from: string): Promise<readonly string[]> {
  const present = await readdir(folder);
  const missing = part.programs.filter(({ name }) => !present.includes(name)).map(({ name }) => name);
  if (missing.length > 0) throw new ToolchainError(`${from}: expected ${missing.join(", ")} in it, got none`);
  const wanted = [...part.programs.map(({ name }) => name), ...part.extras].filter((name) => present.includes(name));
  await Promise.all(wanted.map((name) => chmod(path.join(folder, name), 0o755)));
  return wanted;
}

/** What is wrong with a program's version; undefined where nothing is, or where it cannot be asked. */
export async function versionProblem(
  part: Part,
  program: Program,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (program.version === undefined) return undefined;
  const { args, answer } = program.version;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };
  const result = await run(file, args, { env, signal, timeoutMilliseconds: answerMilliseconds });
  if (!result.succeeded) return `${file} ${args.join(" ")} failed: ${lastWords(result)}`;
  const version = answer.exec(result.stdout)?.[1];
  if (version === undefined) return `${file} does not tell its version: ${lastWords(result)}`;
  return part.range.accepts(version) ? undefined : `${file} is ${version}, needed is ${part.range.wanted}`;
}
