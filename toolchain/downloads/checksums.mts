import { isObject } from "../cache/manifest.mts";

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
