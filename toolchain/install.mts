import path from "node:path";

import { recallUnavailable, rememberUnavailable, type StoredFolder } from "./cache/store.mts";
import { messageOf, ToolchainError } from "./errors.mts";
import { type Part, platformName, titleOf } from "./parts/part.mts";
import { MissingPinError } from "./parts/pins.mts";
import { languageHost } from "./parts/parts.mts";
import { archiveName, fillFromArchive } from "./sources/archives.mts";
import { fillFromBuild, goVersion } from "./sources/build.mts";
import { findInstalled } from "./sources/installed.mts";
import { fillFromRelease } from "./sources/releases.mts";
import type { Failure, Filler, InstallContext, Located, SourceName } from "./sources/source.mts";
import { prepareStub } from "./sources/stubs.mts";
import { requirePrograms, versionProblem } from "./sources/unpack.mts";

/**
 * Finds or installs every part, and tells the source of each in a line. What has to be unpacked or downloaded is so at
 * the same time; builds come last and one by one, since each takes all cores.
 */
export async function installParts(parts: readonly Part[], context: InstallContext): Promise<readonly Located[]> {
  await context.store.open();
  const searches = await Promise.all(
    parts.map(async (part) => {
      const local = await searchLocally(part, context);
      const search = await fetchPart(local, ["archives", "releases"], context);
      announce(search, context);
      return search;
    }),
  );
  const complete = await buildMissing(searches, context);
  const lost = complete.filter(isLost);
  if (lost.length > 0) throw nothingWorks(lost, context);

  const located = await Promise.all(complete.map(async (search) => search.located ?? (await stubFor(search, context))));
  return [...located, ...(await languageHostFor(located, context))];
}

/** After the first failure the others are only told of: nobody wants to wait for builds that no longer help. */
async function buildMissing(searches: readonly Search[], context: InstallContext): Promise<readonly Search[]> {
  const complete: Search[] = [];
  let obstacle = await buildObstacle(searches, context);
  for (const search of searches) {
    if (!isLost(search)) complete.push(search);
    else if (obstacle === undefined) {
      const built = await fetchPart(search, ["build"], context);
      announce(built, context);
      if (isLost(built)) obstacle = `not tried, because ${titleOf(search.part)} could not be had`;
      complete.push(built);
    } else complete.push({ ...search, failures: [...search.failures, { source: "build", reason: obstacle }] });
  }
  return complete;
}

async function buildObstacle(searches: readonly Search[], context: InstallContext): Promise<string | undefined> {
  if (!context.sources.has("build") || !searches.some(isLost)) return undefined;
  try {
    await goVersion(context);
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    return messageOf(error);
  }
}

function isLost({ part, located }: Search): boolean {
  return located === undefined && !part.hasStub;
}

function announce({ part, located, rejected }: Search, { reporter }: InstallContext): void {
  if (located === undefined) return;
  const note = rejected === undefined ? "" : ` (${rejected})`;
  reporter.line(`${titleOf(part)}: ${describeSource(located)}${note}`);
}

/** Where a part is from, for people. */
export function describeSource({ source, origin }: Located): string {
  if (source === "installed") return `already installed in ${origin}`;
  return source === "cache" ? `from the cache (${origin})` : origin;
}

async function stubFor({ part, failures }: Search, context: InstallContext): Promise<Located> {
  const reason =
    failures.findLast(({ source }) => source === "releases")?.reason ??
    failures.map(({ source, reason }) => `${source}: ${reason}`).join("; ");
  const [first = reason] = reason.split("; ");
  return makeStub(part, part.kind, `the official plugin could not be had: ${first}`, context);
}

/** The engine's own language host where Pulumi came with it, our stub otherwise. */
async function languageHostFor(located: readonly Located[], context: InstallContext): Promise<readonly Located[]> {
  const pulumi = located.find(({ name }) => name === "pulumi");
  if (pulumi === undefined || pulumi.files.some(({ name }) => name === languageHost)) return [];
  const reason = `the official one comes only with official releases of pulumi, and this pulumi was not one: ${pulumi.origin}`;
  return [await makeStub({ name: languageHost, version: pulumi.version }, "programs", reason, context)];
}

async function makeStub(
  { name, version }: Pick<Part, "name" | "version">,
  kind: Part["kind"],
  reason: string,
  context: InstallContext,
): Promise<Located> {
  const bundle = context.stubs.bundles[name];
  if (bundle === undefined) throw new ToolchainError(`${name} ${version}: there is no stub for it (${reason})`);
  context.reporter.line(`${name} ${version}: using this project's stub (${reason.replaceAll(/\s*\n\s*/g, " ")})`);
  const file = await prepareStub(name, bundle, context.stubs, context.store);
  return { name, version, kind, source: "stub", origin: "this project's stub", files: [file] };
}

function nothingWorks(lost: readonly Search[], context: InstallContext): ToolchainError {
  const tried = lost.flatMap(({ part, failures }) => [
    `  ${titleOf(part)}`,
    ...failures.map(({ source, reason }) => `    ${source}: ${reason}`),
    ...(failures.length === 0 ? ["    no source was tried: KUBERNETES_USER_TOOLCHAIN_SOURCES allows none"] : []),
  ]);
  const archives = lost.map(({ part }) => archiveName(part, context.platform)).join(", ");
  return new ToolchainError(
    [
      "The toolchain is not complete, because no source works for:",
      ...tried,
      "What you can do, any one of these:",
      "  - allow downloads from get.pulumi.com, github.com and dl.k8s.io (HTTPS_PROXY is respected), and run this again;",
      '  - where no sum is pinned: run "npm run toolchain -- pin", review what it writes, and commit it;',
      "  - install Go 1.26 or newer (https://go.dev/dl/) with access to Go modules: the programs are then built from source;",
      `  - get ${archives} and name their folder in KUBERNETES_USER_TOOLCHAIN_ARCHIVES;`,
      "  - install these versions yourself and put them on PATH.",
    ].join("\n"),
  );
}

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
  const remembers = source === "releases" && part.hasStub;
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
