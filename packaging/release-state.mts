import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isRecord, readObject } from "./json-object.mts";
import type { ReleaseState } from "./release-check.mts";

/**
 * The release that a clone would publish now. What npm would pack has to be compiled already.
 *
 * @param root the clone.
 */
export async function readReleaseState(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReleaseState> {
  const [manifest, changelog, packedFiles, changed, tags] = await Promise.all([
    readObject(join(root, "package.json")),
    readFile(join(root, "CHANGELOG.md"), "utf8"),
    listPackedFiles(root),
    git(root, "status", "--porcelain"),
    git(root, "tag", "--points-at", "HEAD"),
  ]);
  const pages = packedFiles.filter((path) => path.endsWith(".md"));
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = environment;
  return {
    manifest,
    changelog,
    packedFiles,
    pages: Object.fromEntries(
      await Promise.all(pages.map(async (path) => [path, await readFile(join(root, path), "utf8")] as const)),
    ),
    changedFiles: changed.map((line) => line.slice(3)),
    tags,
    builtFrom: server === undefined || repository === undefined ? undefined : `${server}/${repository}`,
  };
}

/** The paths of the files that `npm pack` would take. */
export async function listPackedFiles(root: string): Promise<string[]> {
  // Without its scripts: this is run by one of them, and by tests, which have compiled already.
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], {
    cwd: root,
    maxBuffer: 64 * 2 ** 20,
    // npm is a script on Windows.
    shell: process.platform === "win32",
  });
  const packed: unknown = JSON.parse(stdout);
  const first: unknown = Array.isArray(packed) ? packed[0] : undefined;
  const files: unknown = isRecord(first) ? first["files"] : undefined;
  if (!Array.isArray(files)) throw new Error("npm pack --json: expected a list of files");
  return files.map((file: unknown) => (isRecord(file) ? String(file["path"]) : "")).toSorted();
}

async function git(root: string, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)("git", ["-C", root, ...args]);
  return stdout.split("\n").filter((line) => line !== "");
}
