import { rename } from "node:fs/promises";
import http from "node:http";
import path from "node:path";

import { downloadFile } from "../downloads.mts";
import { ToolchainError } from "../errors.mts";
import { type Part, type ReleaseFile, titleOf } from "../parts/part.mts";
import { MissingPinError, pinsTitle } from "../parts/pins.mts";
import { formatBytes, type Task } from "../reporter.mts";
import type { InstallContext } from "./source.mts";
import { collectPrograms, requirePrograms, unpack } from "./unpack.mts";

/**
 * Downloads a part's official release. Each file has to have the SHA-256 sum that this repository pins: a sum that the
 * server itself tells would be right for whatever the server has been made to send.
 */
export async function fillFromRelease(
  part: Part,
  folder: string,
  scratch: string,
  context: InstallContext,
): Promise<string> {
  const files = part.release(context.platform);
  if (typeof files === "string") throw new ToolchainError(files);
  const pinned = files.map((release) => ({ release, sum: pinnedSum(release, context) }));
  useProxy(context);
  const task = context.reporter.task(`${titleOf(part)}: downloading`);
  try {
    for (const each of pinned) await fetchFile(part, each, { folder, scratch, context, task });
  } finally {
    task.end();
  }
  await requirePrograms(part, folder, files.map(({ url }) => url).join(", "));
  return `downloaded from ${[...new Set(files.map(({ url }) => new URL(url).host))].join(", ")}`;
}

interface Fetching {
  readonly folder: string;
  readonly scratch: string;
  readonly context: InstallContext;
  readonly task: Task;
}

interface PinnedFile {
  readonly release: ReleaseFile;
  readonly sum: string;
}

async function fetchFile(part: Part, { release, sum }: PinnedFile, fetching: Fetching): Promise<void> {
  const { folder, scratch, context, task } = fetching;
  const name = releaseName(release);
  const file = path.join(scratch, name);
  const actual = await downloadFile(release.url, file, {
    signal: context.signal,
    onProgress: (done, all) => {
      task.progress(`${name} ${formatBytes(done, all)}`);
    },
  });
  if (actual !== sum) {
    throw new ToolchainError(
      `${release.url} is refused: expected SHA-256 ${sum} (${pinsTitle}), got ${actual}. ` +
        "A proxy, a broken connection or somebody else has changed it. Do not change the pin without knowing why.",
    );
  }
  if (release.format === "program") {
    await rename(file, path.join(folder, name));
    return;
  }
  task.progress(`unpacking ${name}`);
  const unpacked = path.join(scratch, `${name}.unpacked`);
  await unpack(file, unpacked, context);
  await collectPrograms(part, unpacked, folder, release.url);
}

/** The file's name on the server. */
export function releaseName({ url }: ReleaseFile): string {
  return path.posix.basename(new URL(url).pathname);
}

/** Looked up for all files of a part before any is downloaded, since they may be large. */
function pinnedSum({ url }: ReleaseFile, { pins }: InstallContext): string {
  const sum = pins.releases.get(url);
  if (sum !== undefined) return sum;
  throw new MissingPinError(
    `${url}: expected its SHA-256 sum in ${pinsTitle}, got none, so it is not downloaded. ` +
      'Run "npm run toolchain -- pin", review what it writes, and commit it.',
  );
}

/** Node's own requests respect HTTPS_PROXY and NO_PROXY only when told to. */
export function useProxy({ environment }: Pick<InstallContext, "environment">): void {
  const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
  if (names.some((name) => (environment[name] ?? "") !== "")) http.setGlobalProxyFromEnv(environment);
}
