import { access, constants, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

import { codeOf, messageOf } from "../errors.mts";
import type { Part, Program } from "../parts/part.mts";
import { versionProblem } from "./unpack.mts";
import type { InstallContext, Located, LocatedFile } from "./source.mts";

/** Why what is on the machine is not used. */
export interface NotInstalled {
  readonly reason: string;
  /** What was there but not what is needed: worth telling even where another source works. */
  readonly rejected?: string;
}

/** Looks for a part that is on this machine already. */
export async function findInstalled(part: Part, context: InstallContext): Promise<Located | NotInstalled> {
  return part.kind === "plugin" ? findPlugin(part, context) : findPrograms(part, context);
}

async function findPlugin(part: Part, context: InstallContext): Promise<Located | NotInstalled> {
  const { HOME: home = homedir(), PULUMI_HOME: chosen } = context.environment;
  const folderName = `${part.name.replace("pulumi-", "")}-v${part.version}`;
  const homes = [chosen ?? "", path.join(home, ".pulumi")].filter((folder) => folder !== "");
  for (const pulumiHome of await outsideCache(homes, context)) {
    const folder = path.join(pulumiHome, "plugins", folderName);
    // The engine leaves this file beside a plugin that it has not finished unpacking.
    if (await isThere(`${folder}.partial`)) continue;
    const programs = part.programs.map(({ name }) => path.join(folder, name));
    if ((await Promise.all(programs.map(isExecutable))).every(Boolean)) return located(part, programs, folder);
  }
  return {
    reason: `no ${folderName} in ${homes.map((each) => path.join(each, "plugins")).join(" or ")}`,
  };
}

async function findPrograms(part: Part, context: InstallContext): Promise<Located | NotInstalled> {
  const folders = await searchPath(context);
  const found = await Promise.all(part.programs.map((program) => findProgram(part, program, folders, context.signal)));
  const problems = found.filter((result) => "problem" in result);
  if (problems.length > 0) {
    const rejected = problems.filter((problem) => problem.rejected).map(({ problem }) => problem);
    const reason = problems.map(({ problem }) => problem).join("; ");
    return rejected.length > 0 ? { reason, rejected: rejected.join("; ") } : { reason };
  }
  const programs = found.flatMap((result) => ("file" in result ? [result.file] : []));
  const home = path.dirname(await realpath(programs[0] ?? ""));
  const extras = part.extras.map((name) => path.join(home, name));
  const usable = await Promise.all(extras.map(isExecutable));
  return located(part, [...programs, ...extras.filter((_, index) => usable[index])], home);
}

async function findProgram(
  part: Part,
  program: Program,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<{ file: string } | { problem: string; rejected: boolean }> {
  for (const folder of folders) {
    const file = path.join(folder, program.name);
    if (!(await isExecutable(file))) continue;
    try {
      const problem = await versionProblem(part, program, file, signal);
      return problem === undefined ? { file } : { problem, rejected: true };
    } catch (error) {
      signal.throwIfAborted();
      return { problem: messageOf(error), rejected: true };
    }
  }
  return { problem: `${program.name} is not on PATH`, rejected: false };
}

/** The folders of PATH but for our own, which this installer's earlier runs may have put there. */
async function searchPath(context: InstallContext): Promise<readonly string[]> {
  const folders = (context.environment["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const own = path.join(context.nodeModules, ".bin");
  return outsideCache(
    folders.filter((folder) => path.resolve(folder) !== own),
    context,
  );
}

async function outsideCache(folders: readonly string[], context: InstallContext): Promise<readonly string[]> {
  const roots = [path.resolve(context.store.root), await resolved(context.store.root)];
  const real = await Promise.all(folders.map(resolved));
  return folders.filter((_, index) => {
    const folder = real[index] ?? "";
    return !roots.some((root) => folder === root || folder.startsWith(`${root}${path.sep}`));
  });
}

async function located(part: Part, files: readonly string[], origin: string): Promise<Located> {
  return {
    name: part.name,
    version: part.version,
    kind: part.kind,
    source: "installed",
    origin,
    files: await Promise.all(files.map(locatedFile)),
  };
}

/** Names a file that others may replace at any time by what tells that they did. */
async function locatedFile(file: string): Promise<LocatedFile> {
  const real = await realpath(file);
  const { size, mtimeMs, ino } = await stat(real);
  return { name: path.basename(file), path: real, identity: `${real}:${size}:${mtimeMs}:${ino}` };
}

async function resolved(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return path.resolve(folder);
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    const found = await stat(file);
    return found.isFile() && found.size > 0;
  } catch {
    return false;
  }
}
