import { chmod, readdir, rename } from "node:fs/promises";
import path from "node:path";

import { ToolchainError } from "../errors.mts";
import type { Part, Program } from "../parts/part.mts";
import { lastWords, run } from "../processes.mts";

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
