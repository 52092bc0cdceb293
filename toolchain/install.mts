import { messageOf, ToolchainError } from "./errors.mts";
import { fetchPart, searchLocally, type Search } from "./locate.mts";
import { titleOf, type Part } from "./parts/part.mts";
import { languageHost } from "./parts/pulumi.mts";
import { archiveName } from "./sources/archives.mts";
import { goVersion } from "./sources/build.mts";
import { prepareStandIn } from "./sources/stand-ins.mts";
import type { InstallContext, Located } from "./sources/source.mts";

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

  const located = await Promise.all(
    complete.map(async (search) => search.located ?? (await standInFor(search, context))),
  );
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
  return located === undefined && !part.hasStandIn;
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

async function standInFor({ part, failures }: Search, context: InstallContext): Promise<Located> {
  const reason =
    failures.findLast(({ source }) => source === "releases")?.reason ??
    failures.map(({ source, reason }) => `${source}: ${reason}`).join("; ");
  const [first = reason] = reason.split("; ");
  return makeStandIn(part, part.kind, `the official plugin could not be had: ${first}`, context);
}

/** The engine's own language host where Pulumi came with it, our stand-in otherwise. */
async function languageHostFor(located: readonly Located[], context: InstallContext): Promise<readonly Located[]> {
  const pulumi = located.find(({ name }) => name === "pulumi");
  if (pulumi === undefined || pulumi.files.some(({ name }) => name === languageHost)) return [];
  const reason = `the official one comes only with official releases of pulumi, and this pulumi was not one: ${pulumi.origin}`;
  return [await makeStandIn({ name: languageHost, version: pulumi.version }, "programs", reason, context)];
}

async function makeStandIn(
  { name, version }: Pick<Part, "name" | "version">,
  kind: Part["kind"],
  reason: string,
  context: InstallContext,
): Promise<Located> {
  const bundle = context.standIns.bundles[name];
  if (bundle === undefined) throw new ToolchainError(`${name} ${version}: there is no stand-in for it (${reason})`);
  context.reporter.line(`${name} ${version}: using this project's stand-in (${reason.replaceAll(/\s*\n\s*/g, " ")})`);
  const file = await prepareStandIn(name, bundle, context.standIns, context.store);
  return { name, version, kind, source: "stand-in", origin: "this project's stand-in", files: [file] };
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
