import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type PackageManager, parseRuntimeOptions, type RuntimeOptions } from "./options.mts";
import { readManifest } from "./packages.mts";
import type { Program } from "./program.mts";

const lockFiles: readonly [string, PackageManager][] = [
  ["yarn.lock", "yarn"],
  ["pnpm-lock.yaml", "pnpm"],
  ["bun.lockb", "bun"],
  ["bun.lock", "bun"],
  ["package-lock.json", "npm"],
];

/** The package manager that the options name, or whose lock file is there; npm otherwise. */
export function choosePackageManager(wanted: RuntimeOptions["packageManager"], directory: string): PackageManager {
  if (wanted !== "auto") return wanted;
  if (/^(1|true)$/i.test(process.env["PULUMI_PREFER_YARN"] ?? "")) return "yarn";
  return lockFiles.find(([file]) => existsSync(join(directory, file)))?.[1] ?? "npm";
}

/** The package manager of a program. */
export function packageManagerOf({ options, directory }: Program): PackageManager {
  return choosePackageManager(parseRuntimeOptions(options).packageManager, directory);
}

/** The arguments that install what package.json names. */
export function installArguments(manager: PackageManager): string[] {
  return manager === "npm" ? ["install", "--loglevel=error"] : ["install"];
}

/** The file that a program's name stands for on the search path. */
export function findProgram(program: string): string | undefined {
  const files = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A package manager's version; empty when it cannot be told. */
export async function packageManagerVersion(manager: PackageManager): Promise<string> {
  const file = findProgram(manager);
  if (file === undefined) return "";
  // Every `pulumi up` asks, and starting the package manager takes as long as starting this host twice.
  for (let folder = dirname(realpathSync(file)); dirname(folder) !== folder; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, "package.json"));
    if (manifest?.["name"] === manager && typeof manifest["version"] === "string") return manifest["version"];
  }
  try {
    return (await promisify(execFile)(file, ["--version"])).stdout.trim();
  } catch {
    return "";
  }
}
