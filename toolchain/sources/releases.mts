import { createWriteStream } from "node:fs";
import { copyFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { messageOf, ToolchainError } from "../errors.mts";
import { platformName, titleOf } from "../parts/part.mts";
import type { InstallContext, Source } from "./context.mts";
import { checkSum, pinsTitle, unpackPrograms } from "./files.mts";

/**
 * Downloads a part's official release. Each file has to have the SHA-256 sum that this repository pins: a sum that the
 * server itself tells would be right for whatever the server has been made to send.
 */
export const fromRelease: Source = async (part, folder, scratch, context) => {
  const urls = part.release(context.platform);
  if (urls.length === 0) throw new ToolchainError(`it has no release for ${platformName(context.platform)}`);
  // Looked up for all files of a part before any is downloaded, since they may be large.
  const pinned = urls.map((url) => ({ url, sum: pinnedSum(url, context) }));
  context.log(`${titleOf(part)}: downloading ${urls.join(", ")}`);
  for (const { url, sum } of pinned) {
    const name = path.posix.basename(new URL(url).pathname);
    const file = path.join(scratch, name);
    await download(url, file, context);
    await checkSum(file, sum, url);
    if (part.programs.includes(name)) await copyFile(file, path.join(folder, name));
    else await unpackPrograms(part, { archive: file, title: url, folder }, context);
  }
  return `downloaded from ${[...new Set(urls.map((url) => new URL(url).host))].join(", ")}`;
};

function pinnedSum(url: string, { pins }: InstallContext): string {
  const sum = pins[url];
  if (sum !== undefined) return sum;
  throw new ToolchainError(`${url}: expected its SHA-256 sum in ${pinsTitle}, got none, so it is not downloaded`);
}

async function download(url: string, file: string, { environment, signal }: InstallContext): Promise<void> {
  const proxies = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
  // Node's own requests respect them and NO_PROXY only when told to.
  if (proxies.some((name) => (environment[name] ?? "") !== "")) http.setGlobalProxyFromEnv(environment);
  try {
    const { ok, status, body } = await fetch(url, { signal });
    if (!ok || body === null) throw new Error(`expected status 200, got ${status}`);
    await pipeline(body, createWriteStream(file), { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new ToolchainError(`${url}: ${messageOf(error)}`);
  }
}
