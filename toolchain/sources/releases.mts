import http from "node:http";
import { rename } from "node:fs/promises";
import path from "node:path";

import { findSum } from "../downloads/checksums.mts";
import { downloadFile, downloadText, type DownloadOptions } from "../downloads/download.mts";
import { messageOf, ToolchainError } from "../errors.mts";
import { titleOf, type Part, type ReleaseFile } from "../parts/part.mts";
import { formatBytes, type Task } from "../reporter.mts";
import { collectPrograms, requirePrograms } from "./collect.mts";
import type { InstallContext } from "./source.mts";
import { unpack } from "./unpack.mts";

/** Downloads a part's official release; nothing of it is used before its published SHA-256 sum was found right. */
export async function fillFromRelease(
  part: Part,
  folder: string,
  scratch: string,
  context: InstallContext,
): Promise<string> {
  const files = part.release(context.platform);
  if (typeof files === "string") throw new ToolchainError(files);
  useProxy(context);
  const task = context.reporter.task(`${titleOf(part)}: downloading`);
  try {
    for (const release of files) await fetchFile(part, release, { folder, scratch, context, task });
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

async function fetchFile(part: Part, release: ReleaseFile, fetching: Fetching): Promise<void> {
  const { folder, scratch, context, task } = fetching;
  const name = path.posix.basename(new URL(release.url).pathname);
  const file = path.join(scratch, name);
  const published = await publishedSum(release, name, { signal: context.signal });
  const actual = await downloadFile(release.url, file, {
    signal: context.signal,
    onProgress: (done, all) => {
      task.progress(`${name} ${formatBytes(done, all)}`);
    },
  });
  if (actual !== published.sum) {
    throw new ToolchainError(
      `${release.url} is refused: expected SHA-256 ${published.sum} (${published.from}), got ${actual}. ` +
        "Try again later; a proxy or a broken connection may have changed it.",
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

/** Asked for before the file itself, which may be large. */
async function publishedSum(
  release: ReleaseFile,
  name: string,
  options: DownloadOptions,
): Promise<{ sum: string; from: string }> {
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

/** Node's own requests heed HTTPS_PROXY and NO_PROXY only when told to. */
function useProxy({ environment }: InstallContext): void {
  const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
  if (names.some((name) => (environment[name] ?? "") !== "")) http.setGlobalProxyFromEnv(environment);
}
