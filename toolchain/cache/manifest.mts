import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { codeOf } from "../errors.mts";

/** One file of an installed folder. */
export interface ManifestFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** What a complete folder of the cache holds; it is written last, so a folder without one is not complete. */
export interface Manifest {
  /** Where the files came from, in words. */
  readonly origin: string;
  readonly files: readonly ManifestFile[];
}

const manifestName = "manifest.json";

/** Writes the manifest of these files of a folder into it. */
export async function writeManifest(folder: string, files: readonly string[], origin: string): Promise<Manifest> {
  const manifest = { origin, files: await Promise.all(files.map((file) => describeFile(folder, file))) };
  await writeFile(path.join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

/** The manifest of a folder that holds all that it should, or what is wrong with the folder. */
export async function verifyFolder(folder: string): Promise<Manifest | string> {
  let text: string;
  try {
    text = await readFile(path.join(folder, manifestName), "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "nothing there";
    throw error;
  }
  const manifest = parseManifest(text);
  if (manifest === undefined) return `${path.join(folder, manifestName)} is damaged`;
  for (const file of manifest.files) {
    const size = await sizeOf(path.join(folder, file.path));
    if (size !== file.size) {
      return `${path.join(folder, file.path)}: expected ${file.size} bytes, got ${size ?? "no file"}`;
    }
  }
  return manifest;
}

/** The SHA-256 sum of a file, in hexadecimal digits. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

async function describeFile(folder: string, file: string): Promise<ManifestFile> {
  const full = path.join(folder, file);
  const [{ size }, sha256] = await Promise.all([lstat(full), sha256Of(full)]);
  return { path: file, size, sha256 };
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await lstat(file);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseManifest(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isManifest(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is Manifest {
  return (
    isObject(value) &&
    typeof value["origin"] === "string" &&
    Array.isArray(value["files"]) &&
    value["files"].every(
      (file) =>
        isObject(file) &&
        typeof file["path"] === "string" &&
        typeof file["size"] === "number" &&
        typeof file["sha256"] === "string",
    )
  );
}

/** A JSON object, as opposed to an array or a plain value. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
