import { rename, writeFile } from "node:fs/promises";

import { type DownloadOptions, downloadText, findSum } from "../downloads.mts";
import { messageOf, ToolchainError } from "../errors.mts";
import { type Part, type Platform, type ReleaseFile, titleOf } from "./part.mts";
import { readParts } from "./parts.mts";
import { formatPins, type Pins, pinsFile, pinsTitle, readPins } from "./pins.mts";
import { releaseName, useProxy } from "../sources/releases.mts";
import type { InstallContext } from "../sources/source.mts";

/** Every platform that the toolchain knows. */
export const platforms: readonly Platform[] = (["linux", "darwin"] as const).flatMap((os) =>
  (["amd64", "arm64"] as const).map((arch) => ({ os, arch })),
);

/** What came of looking up the published sums. */
export interface Pinning {
  /** The old pins and the new ones; without those of releases that are no longer used. */
  readonly pins: Pins;
  /** URLs that were not pinned before. */
  readonly added: readonly string[];
  /** What keeps a release from being pinned. */
  readonly problems: readonly string[];
}

/**
 * Looks up the published sums of all releases on all platforms, for somebody to review and commit. A pin that is there
 * is never changed: a release whose published sum is another one today has been replaced.
 */
export async function pinReleases(parts: readonly Part[], pins: Pins, options: DownloadOptions): Promise<Pinning> {
  const releases = new Map<string, string>();
  const added: string[] = [];
  const problems: string[] = [];
  for (const { part, release } of releasesOf(parts)) {
    const pinned = pins.releases.get(release.url);
    if (pinned !== undefined) releases.set(release.url, pinned);
    try {
      const { sum, from } = await publishedSum(release, options);
      if (pinned === undefined) {
        releases.set(release.url, sum);
        added.push(release.url);
      } else if (pinned !== sum) {
        problems.push(`${release.url}: pinned is ${pinned}, but ${from} now has ${sum}. The pin stays; find out why.`);
      }
    } catch (error) {
      options.signal.throwIfAborted();
      problems.push(`${titleOf(part)}: ${messageOf(error)}`);
    }
  }
  return { pins: { archives: pins.archives, releases }, added, problems };
}

function releasesOf(parts: readonly Part[]): readonly { part: Part; release: ReleaseFile }[] {
  return parts.flatMap((part) =>
    platforms.flatMap((platform) => {
      const files = part.release(platform);
      return typeof files === "string" ? [] : files.map((release) => ({ part, release }));
    }),
  );
}

async function publishedSum(release: ReleaseFile, options: DownloadOptions): Promise<{ sum: string; from: string }> {
  const name = releaseName(release);
  const problems: string[] = [];
  for (const from of release.sums) {
    try {
      const sum = findSum(await downloadText(from, options), name);
      if (sum !== undefined) return { sum, from };
      problems.push(`${from}: no SHA-256 sum of ${name} in it`);
    } catch (error) {
      options.signal.throwIfAborted();
      problems.push(messageOf(error));
    }
  }
  throw new ToolchainError(problems.join("; "));
}

/** Writes the published sums of all releases into the pins, and says which; whether all of them are pinned now. */
export async function pin({
  environment,
  nodeModules,
  signal,
}: Pick<InstallContext, "environment" | "nodeModules" | "signal">): Promise<boolean> {
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    throw new ToolchainError(
      "NODE_TLS_REJECT_UNAUTHORIZED: expected it not to be 0, because sums from a server that nobody has checked prove " +
        "nothing. Unset it, and name your proxy's certificate authority in NODE_EXTRA_CA_CERTS.",
    );
  }
  useProxy({ environment });
  const { pins, added, problems } = await pinReleases(await readParts(nodeModules), readPins(), { signal });
  await writeFile(`${pinsFile}.new`, formatPins(pins));
  await rename(`${pinsFile}.new`, pinsFile);
  for (const url of added) console.log(`pinned ${pins.releases.get(url) ?? ""}  ${url}`);
  for (const problem of problems) console.error(problem);
  if (added.length > 0) {
    console.log(`${pinsTitle} is changed. Compare it with what the publishers say elsewhere, and commit it.`);
  }
  return problems.length === 0;
}
