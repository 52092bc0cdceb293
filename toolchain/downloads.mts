import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

import { isObject } from "./cache/manifest.mts";
import { isErrorLike, messageOf, ToolchainError } from "./errors.mts";

/** Limits of one request. */
export interface Timeouts {
  /** Until the answer begins. */
  readonly connectMilliseconds: number;
  /** Without any new data. */
  readonly idleMilliseconds: number;
}

export const defaultTimeouts: Timeouts = { connectMilliseconds: 10_000, idleMilliseconds: 30_000 };

/** A download under way. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly timeouts?: Timeouts;
  /** Called with the bytes so far and, where the server tells, all there will be. */
  readonly onProgress?: (done: number, all: number | undefined) => void;
}

/** What failed on the way and may work when it is tried again, unlike an answer such as 404. */
class TemporaryError extends ToolchainError {}

/** Downloads into a file and answers its SHA-256 sum. */
export async function downloadFile(url: string, file: string, options: DownloadOptions): Promise<string> {
  return withOneRetry(url, options, async () => {
    const hash = createHash("sha256");
    await using target = await open(file, "w");
    await read(url, options, async (chunk) => {
      hash.update(chunk);
      await target.write(chunk);
    });
    return hash.digest("hex");
  });
}

/** Downloads a small text. */
export async function downloadText(url: string, options: DownloadOptions): Promise<string> {
  return withOneRetry(url, options, async () => {
    const chunks: Uint8Array[] = [];
    await read(url, options, (chunk) => {
      chunks.push(chunk);
      return Promise.resolve();
    });
    return Buffer.concat(chunks).toString("utf8");
  });
}

async function withOneRetry<Result>(
  url: string,
  { signal }: DownloadOptions,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TemporaryError)) throw error;
      return await attempt();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new ToolchainError(`${url}: ${messageOf(error)}`);
  }
}

async function read(url: string, options: DownloadOptions, use: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  const { connectMilliseconds, idleMilliseconds } = options.timeouts ?? defaultTimeouts;
  const controller = new AbortController();
  let timer = setTimeout(() => {
    controller.abort(new TemporaryError(`no answer in ${connectMilliseconds / 1000} s`));
  }, connectMilliseconds);
  const signal = AbortSignal.any([options.signal, controller.signal]);
  try {
    const response = await fetch(url, {
      signal,
      headers: { "user-agent": "kubernetes-user", "accept-encoding": "identity" },
    });
    await refuse(url, response);
    const length = response.headers.get("content-length");
    const all = length === null ? undefined : Number(length);
    let done = 0;
    // Null only for answers that cannot have one, such as 204.
    const body: AsyncIterable<Uint8Array> | null = response.body;
    for await (const chunk of body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        controller.abort(new TemporaryError(`no data for ${idleMilliseconds / 1000} s`));
      }, idleMilliseconds);
      done += chunk.length;
      options.onProgress?.(done, all);
      await use(chunk);
    }
    if (all !== undefined && done !== all) throw new TemporaryError(`expected ${all} bytes, got ${done}`);
  } catch (error) {
    options.signal.throwIfAborted();
    if (controller.signal.aborted) throw controller.signal.reason;
    // `fetch` tells every failure of the network by a TypeError.
    throw isErrorLike(error) && error.name === "TypeError" ? new TemporaryError(messageOf(error)) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function refuse(url: string, response: Response): Promise<void> {
  const downgraded = url.startsWith("https:") && !response.url.startsWith("https:");
  if (response.ok && !downgraded) return;
  await response.body?.cancel();
  if (downgraded) throw new ToolchainError(`expected an encrypted answer, was sent on to ${response.url}`);
  const message = `expected status 200, got ${response.status} ${response.statusText}`.trim();
  throw response.status >= 500 ? new TemporaryError(message) : new ToolchainError(message);
}

const sha256 = /^[0-9a-f]{64}$/i;

/**
 * The SHA-256 sum of a file in what a project publishes: a list as `sha256sum` writes it, a lone sum, or GitHub's
 * description of a release. SHA-1 sums do not count, and neither does a list with two different sums of the file.
 */
export function findSum(published: string, file: string): string | undefined {
  const text = published.trim();
  if (text.startsWith("{")) return sumFromRelease(text, file);
  if (sha256.test(text)) return text.toLowerCase();
  const sums = new Set<string>();
  for (const line of text.split("\n")) {
    const [sum = "", ...rest] = line.trim().split(/\s+/);
    const name = rest.join(" ").replace(/^\*/, "").replace(/^\.\//, "");
    if (name === file && sha256.test(sum)) sums.add(sum.toLowerCase());
  }
  const [sum, ...others] = sums;
  return others.length === 0 ? sum : undefined;
}

function sumFromRelease(text: string, file: string): string | undefined {
  let release: unknown;
  try {
    release = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(release) || !Array.isArray(release["assets"])) return undefined;
  const assets: readonly unknown[] = release["assets"];
  const asset = assets.filter(isObject).find(({ name }) => name === file);
  const digest = asset?.["digest"];
  const sum = typeof digest === "string" ? digest.replace(/^sha256:/, "") : "";
  return sha256.test(sum) ? sum.toLowerCase() : undefined;
}
