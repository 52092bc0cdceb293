import { findSum } from "../downloads/checksums.mts";
import { downloadText, type DownloadOptions } from "../downloads/download.mts";
import { messageOf, ToolchainError } from "../errors.mts";
import type { Platform } from "../platform.mts";
import { releaseName } from "../sources/releases.mts";
import { titleOf, type Part, type ReleaseFile } from "./part.mts";
import type { Pins } from "./pins.mts";

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
