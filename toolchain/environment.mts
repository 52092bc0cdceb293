import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, link, mkdir } from "node:fs/promises";
import path from "node:path";

import { sha256Of } from "./cache/manifest.mts";
import type { Store } from "./cache/store.mts";
import type { Located, LocatedFile } from "./sources/source.mts";

/** Where a file goes in an environment. */
interface Placement {
  readonly target: string;
  readonly file: LocatedFile;
}

/** The launcher of dynamic providers; npm installs it with @pulumi/pulumi. */
const dynamicLauncher = "pulumi-resource-pulumi-nodejs";

/**
 * Assembles all programs in one folder of the cache and answers its path. The engine looks for language hosts and
 * launchers beside its own file, with links resolved: that is why they are hard links or copies. The folder's name is a
 * hash of what is in it, so another set of programs gets another folder.
 */
export async function assembleEnvironment(
  located: readonly Located[],
  nodeModules: string,
  store: Store,
): Promise<string> {
  const launcherPath = path.join(nodeModules, "@pulumi", "pulumi", dynamicLauncher);
  // By content: installing the npm packages anew changes nothing else about it.
  const identity = `sha256:${await sha256Of(launcherPath)}`;
  const launcher = { name: dynamicLauncher, path: launcherPath, identity };
  const placements = [...located.flatMap(place), { target: path.join("bin", dynamicLauncher), file: launcher }];
  const name = path.join("environments", hashOf(placements));
  const present = await store.find(name);
  if (typeof present !== "string") return present.folder;
  const { folder } = await store.publish(name, async (content) => {
    for (const { target, file } of placements) await linkOrCopy(file.path, path.join(content, target));
    return { files: placements.map(({ target }) => target), origin: "assembled from the other parts" };
  });
  return folder;
}

function place(part: Located): readonly Placement[] {
  const folder =
    part.kind === "programs"
      ? "bin"
      : path.join("pulumi-home", "plugins", `${part.name.replace("pulumi-", "")}-v${part.version}`);
  return part.files.map((file) => ({ target: path.join(folder, file.name), file }));
}

function hashOf(placements: readonly Placement[]): string {
  const lines = placements.map(({ target, file }) => `${target}\0${file.identity}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 32);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    await link(from, to);
  } catch {
    // Another file system, or another user's file: there are many codes for that, and copying fails where it is not.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, 0o755);
  }
}
