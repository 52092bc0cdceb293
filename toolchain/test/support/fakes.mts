import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { Cache } from "../../cache.mts";
import { messageOf } from "../../errors.mts";
import { findPart, installParts } from "../../install.mts";
import type { Part, Platform } from "../../parts/part.mts";
import { type InstallContext, sourceNames } from "../../sources/context.mts";

export const platform: Platform = { os: "linux", arch: "amd64" };

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A folder that is removed when the test file is through. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "toolchain-test-"));
  folders.push(folder);
  return folder;
}

/** Makes a folder below another. */
export async function subfolder(...words: readonly [string, ...string[]]): Promise<string> {
  const folder = path.join(...words);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Writes a shell script that can be run. */
export async function writeScript(file: string, body: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A program that knows nothing but its version. */
export function scriptOfVersion(version: string): string {
  return `echo "tool version ${version}"`;
}

/** A part with one program, `tool` in version 1.2.3, which is in no release. */
export function toolPart(changes: Partial<Part> = {}): Part {
  return {
    name: "tool",
    version: "1.2.3",
    kind: "programs",
    programs: ["tool"],
    extras: [],
    release: () => [],
    recipe: { folder: "tool", version: "1.2.3", flags: [], packages: { ".": "tool" }, cost: "a moment" },
    ...changes,
  };
}

/** Packs scripts, by name, into an archive that tar can read. */
export async function writeArchive(file: string, scripts: Readonly<Record<string, string>>): Promise<string> {
  const content = await mkdtemp(path.join(tmpdir(), "toolchain-test-archive-"));
  try {
    for (const [name, body] of Object.entries(scripts)) await writeScript(path.join(content, name), body);
    await mkdir(path.dirname(file), { recursive: true });
    await promisify(execFile)("tar", ["-caf", file, "-C", content, "."]);
    return file;
  } finally {
    await rm(content, { recursive: true, force: true });
  }
}

/** A context with a cache of its own and a PATH that leads only to the system's tools. */
export interface TestContext extends InstallContext {
  readonly lines: readonly string[];
}

/** Everything that an installation needs, in a temporary folder; collects the lines that it logs. */
export function testContext(root: string, changes: Partial<InstallContext> = {}): TestContext {
  const lines: string[] = [];
  return {
    cache: new Cache(path.join(root, "cache")),
    platform,
    environment: { HOME: path.join(root, "home"), PATH: systemPath },
    sources: sourceNames,
    log: (line) => lines.push(line),
    pins: {},
    signal: new AbortController().signal,
    recipes: path.join(root, "recipes"),
    lines,
    ...changes,
  };
}

/** Installs one part; answers its folder in the cache, or why there is none. */
export async function install(part: Part, context: InstallContext): Promise<{ folder?: string; reason?: string }> {
  try {
    await context.cache.whileLocked(context, () => installParts([part], context));
    const folder = findPart(part, context);
    return folder === undefined ? {} : { folder };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** Where tar, xz and a shell are on any system. */
export const systemPath = "/usr/bin:/bin";
