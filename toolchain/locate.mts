import path from "node:path";

import { recallUnavailable, rememberUnavailable } from "./cache/unavailable.mts";
import type { StoredFolder } from "./cache/store.mts";
import { messageOf, ToolchainError } from "./errors.mts";
import { titleOf, type Part } from "./parts/part.mts";
import { MissingPinError } from "./parts/pins.mts";
import { platformName } from "./platform.mts";
import { fillFromArchive } from "./sources/archives.mts";
import { fillFromBuild } from "./sources/build.mts";
import { requirePrograms, versionProblem } from "./sources/collect.mts";
import { findInstalled } from "./sources/installed.mts";
import { fillFromRelease } from "./sources/releases.mts";
import type { Failure, Filler, InstallContext, Located, SourceName } from "./sources/source.mts";

/** A part that was found, or why it was not. */
export interface Search {
  readonly part: Part;
  readonly located?: Located;
  readonly failures: readonly Failure[];
  /** Something on this machine that looked right and was not used, and why. */
  readonly rejected?: string;
}

const fillers = { archives: fillFromArchive, releases: fillFromRelease, build: fillFromBuild } as const;
type Filling = keyof typeof fillers;

/** Looks for a part where it costs nothing: on this machine and in the cache. */
export async function searchLocally(part: Part, context: InstallContext): Promise<Search> {
  const failures: Failure[] = [];
  let rejected: string | undefined;
  if (context.sources.has("installed")) {
    const found = await findInstalled(part, context);
    if ("files" in found) return { part, located: found, failures };
    failures.push({ source: "installed", reason: found.reason });
    rejected = found.rejected;
  }
  const known = rejected === undefined ? {} : { rejected };
  if (context.sources.has("cache")) {
    const found = await searchCache(part, context);
    if (typeof found !== "string") return { part, located: found, failures, ...known };
    failures.push({ source: "cache", reason: found });
  }
  return { part, failures, ...known };
}

/** Gets a part from the first of these sources that works, unless another run has put it into the cache meanwhile. */
export async function fetchPart(search: Search, sources: readonly Filling[], context: InstallContext): Promise<Search> {
  const { part } = search;
  const wanted = sources.filter((source) => context.sources.has(source));
  if (search.located !== undefined || wanted.length === 0) return search;
  const onWait = ({ pid }: { pid: number }) => {
    context.reporter.line(`${titleOf(part)}: waiting for process ${pid}, which is installing it`);
  };
  return context.store.withLock(lockName(part), { signal: context.signal, onWait }, async () => {
    const present = await searchCache(part, context);
    if (typeof present !== "string") return { ...search, located: present };
    const failures = [...search.failures];
    for (const source of wanted) {
      const result = await tryFilling(part, source, context);
      if (typeof result !== "string") return { ...search, failures, located: result };
      failures.push({ source, reason: result });
    }
    return { ...search, failures };
  });
}

async function tryFilling(part: Part, source: Filling, context: InstallContext): Promise<Located | string> {
  const id = lockName(part);
  const remembers = source === "releases" && part.hasStandIn;
  const remembered = remembers ? await recallUnavailable(context.store, id) : undefined;
  if (remembered !== undefined) return remembered;
  try {
    return await install(part, source, fillers[source], context);
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = messageOf(error);
    // An archive was put there to be used, and a release with another sum may be an attack: that has to be seen even
    // where another source works.
    if (reason.includes(" is refused: ")) context.reporter.line(`${titleOf(part)}: ${reason}`);
    if (remembers && !(error instanceof MissingPinError)) await rememberUnavailable(context.store, id, reason);
    return reason;
  }
}

async function install(part: Part, source: SourceName, fill: Filler, context: InstallContext): Promise<Located> {
  const stored = await context.store.publish(folderOf(part, context), async (folder, scratch) => {
    const origin = await fill(part, folder, scratch, context);
    const files = await requirePrograms(part, folder, origin);
    for (const program of part.programs) {
      const problem = await versionProblem(part, program, path.join(folder, program.name), context.signal);
      if (problem !== undefined) throw new ToolchainError(`${origin}, and what came is not right: ${problem}`);
    }
    return { files, origin };
  });
  return locatedIn(stored, part, source);
}

async function searchCache(part: Part, context: InstallContext): Promise<Located | string> {
  const name = folderOf(part, context);
  const stored = await context.store.find(name);
  if (typeof stored === "string") return `${path.join(context.store.root, name)}: ${stored}`;
  return locatedIn(stored, part, "cache");
}

function locatedIn({ folder, manifest }: StoredFolder, part: Part, source: SourceName): Located {
  return {
    name: part.name,
    version: part.version,
    kind: part.kind,
    source,
    origin: manifest.origin,
    files: manifest.files.map((file) => ({
      name: file.path,
      path: path.join(folder, file.path),
      identity: `sha256:${file.sha256}`,
    })),
  };
}

function folderOf(part: Part, { platform }: InstallContext): string {
  return path.join("parts", `${part.name}-v${part.version}-${platformName(platform)}`);
}

function lockName(part: Part): string {
  return `${part.name}-v${part.version}`;
}
