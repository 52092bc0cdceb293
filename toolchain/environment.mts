import { createHash } from "node:crypto";
import { constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, copyFile, link, mkdir } from "node:fs/promises";
import path from "node:path";

import { findPart } from "./install.mts";
import { type Part, titleOf } from "./parts/part.mts";
import { languageHost } from "./parts/parts.mts";
import type { InstallContext } from "./sources/context.mts";

/** What an environment is assembled from, besides the parts. */
export interface Stubs {
  /** The launcher of dynamic providers; npm installs it with @pulumi/pulumi. */
  readonly launcher: string;
  /** Changes with whatever the stubs and the launcher are made from. */
  readonly inputsHash: string;
  /** Writes the stub of an official program. */
  readonly write: (name: string, file: string) => Promise<void>;
}

/** What one folder consists of in which the engine finds everything. */
export interface EnvironmentPlan {
  /** In the cache. */
  readonly name: string;
  /** Parts whose stub is used, in place of a part or of a program of it. */
  readonly stubs: readonly { readonly name: string; readonly version: string; readonly reason: string }[];
  readonly files: readonly Placement[];
}

/** Where a file goes, and which one: without a source, the stub of that program. */
interface Placement {
  readonly target: string;
  readonly source?: string;
}

/**
 * What the environment of these parts consists of; undefined while one that can be had is missing. Its name is a hash of
 * what is in it, so another set of programs gets another folder.
 */
export function planEnvironment(
  parts: readonly Part[],
  context: InstallContext,
  stubs: Stubs,
): EnvironmentPlan | undefined {
  const files: Placement[] = [{ target: path.join("bin", path.basename(stubs.launcher)), source: stubs.launcher }];
  const used: { name: string; version: string; reason: string }[] = [];
  // With other pins or archives, sources are tried again for what has a stub.
  const { KUBERNETES_USER_TOOLCHAIN_ARCHIVES: archives = "" } = context.environment;
  const hash = createHash("sha256").update(JSON.stringify([stubs.inputsHash, context.pins, archives]));
  for (const part of parts) {
    const folder = findPart(part, context);
    if (folder === undefined && part.recipe !== undefined) return undefined;
    hash.update(`${titleOf(part)}\0${folder === undefined ? "stub" : statSync(folder).mtimeMs}\0`);
    if (folder === undefined) {
      used.push({ ...part, reason: "no source has the official one" });
      files.push({ target: targetOf(part, part.name) });
      continue;
    }
    const extras = part.extras.filter((name) => existsSync(path.join(folder, name)));
    const present = [...part.programs, ...extras];
    files.push(...present.map((name) => ({ target: targetOf(part, name), source: path.join(folder, name) })));
    if (part.extras.includes(languageHost) && !present.includes(languageHost)) {
      const reason = `the official one comes only with official releases of ${part.name}`;
      used.push({ name: languageHost, version: part.version, reason });
      files.push({ target: targetOf(part, languageHost) });
    }
  }
  return { name: path.join("environments", hash.digest("hex").slice(0, 32)), stubs: used, files };
}

function targetOf({ kind, name, version }: Part, file: string): string {
  if (kind === "programs") return path.join("bin", file);
  return path.join("pulumi-home", "plugins", `${name.replace("pulumi-", "")}-v${version}`, file);
}

/**
 * While the cache is locked: assembles an environment. The engine looks for language hosts and launchers beside its own
 * file, with links resolved: that is why they are hard links or copies.
 */
export async function assemble(
  { name, files }: EnvironmentPlan,
  { cache }: InstallContext,
  stubs: Stubs,
): Promise<void> {
  await cache.publish(name, async (content) => {
    for (const { target, source } of files) {
      const file = path.join(content, target);
      await mkdir(path.dirname(file), { recursive: true });
      await (source === undefined ? stubs.write(path.basename(target), file) : linkOrCopy(source, file));
    }
  });
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // Another file system, or another user's file: there are many codes for that, and copying fails where it is not.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, 0o755);
  }
}

/** The hash of files and of all files below folders: names and contents. */
export function hashFiles(...roots: readonly string[]): string {
  const hash = createHash("sha256");
  for (const root of roots) {
    const below = statSync(root).isDirectory() ? readdirSync(root, { recursive: true, encoding: "utf8" }) : [""];
    for (const name of below.sort()) {
      const file = path.join(root, name);
      if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file)).update("\0");
    }
  }
  return hash.digest("hex");
}
