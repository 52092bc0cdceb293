import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { isRecord } from "../core/options/validation-errors";
import { type AdminKubeconfig, selectCluster } from "../core/kubeconfig/cluster";
import { KubernetesUserError } from "../core/errors";
import { decodeKubeconfig } from "../core/kubeconfig/kubeconfig-bytes";
import { mergeFirstWins, parseKubeconfig, resolvePaths } from "../core/kubeconfig/kubeconfig-document";

/** Where a kubeconfig comes from: its text or path, or the environment when there is none. */
export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** Whom an error is about, e.g. `KubernetesUser "jane"`. */
  readonly owner?: string;
}

/**
 * Reads the administrator's kubeconfig as kubectl and @pulumi/kubernetes find it.
 *
 * @throws KubernetesUserError `kubeconfig-unreadable`, or `invalid-arguments` for an unknown context.
 */
export function resolveKubeconfig({ kubeconfig, context, owner }: ClusterChoice): AdminKubeconfig {
  const prefix = owner === undefined ? "" : `${owner}: `;
  const { texts, source } = kubeconfig === undefined ? ambientKubeconfig(prefix) : givenKubeconfig(kubeconfig, prefix);
  const read = JSON.stringify([context ?? null, texts.map(({ text, folder }) => [text, folder])]);
  const key = createHash("sha256").update(read).digest("base64");
  const known = resolvedBefore.get(key);
  if (known !== undefined) {
    return known;
  }
  const named = new Set<string>();
  const noted = (path: string): string => {
    named.add(path);
    return path;
  };
  const documents = texts.map(({ text, folder, source }) => resolvePaths(parseKubeconfig(text, source), folder));
  const found = selectCluster(
    mergeFirstWins(documents),
    context,
    source,
    (path) => readFileSync(noted(path)),
    (path) => canRead(noted(path)),
  );
  if (named.size === 0) {
    if (resolvedBefore.size >= mostResolved) {
      resolvedBefore.clear();
    }
    resolvedBefore.set(key, found);
  }
  return found;
}

/** A program has few clusters; a process that runs for long may see many tokens of one. */
const mostResolved = 100;

/**
 * What came of kubeconfigs that name no other file, by digests of their texts. A program with a hundred users of one
 * cluster reads its kubeconfig a hundred times, because it may change in between, and checks it once.
 */
const resolvedBefore = new Map<string, AdminKubeconfig>();

interface Found {
  readonly texts: readonly KubeconfigText[];
  /** What to call them together in errors. */
  readonly source: string;
}

interface KubeconfigText {
  readonly text: string;
  /** What relative paths in it are taken from. */
  readonly folder: string;
  /** What to call it in errors. */
  readonly source: string;
}

/** A kubeconfig's text has more than one line or is JSON; anything else is a file's path, as for @pulumi/kubernetes. */
function givenKubeconfig(kubeconfig: string, prefix: string): Found {
  if (/\n|^\s*\{/.test(kubeconfig)) {
    // Nobody knows which folder a text lay in: relative paths are taken from the program's, as kubectl does.
    const source = `${prefix}kubeconfig`;
    return { texts: [{ text: kubeconfig, folder: process.cwd(), source }], source };
  }
  const path = resolve(kubeconfig.replace(/^~(?=$|\/)/, homedir()));
  const found = readKubeconfigFile(path, prefix);
  if (found === undefined) {
    throw unreadableFile(path, prefix, "ENOENT");
  }
  return { texts: [found], source: found.source };
}

/** KUBECONFIG may list several files, of which those that do not exist are skipped, as kubectl does. */
function ambientKubeconfig(prefix: string): Found {
  const list = process.env["KUBECONFIG"] ?? "";
  const listed = list.split(delimiter).filter((path) => path !== "");
  // kubectl looks into the home folder only if the variable is empty, not if it names nothing.
  const paths = list === "" ? [join(homedir(), ".kube", "config")] : listed.map((path) => resolve(path));
  const source = paths.length === 0 ? `KUBECONFIG (${list})` : paths.join(delimiter);
  const texts = paths.map((path) => readKubeconfigFile(path, prefix)).filter((found) => found !== undefined);
  if (texts.length === 0) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `${prefix}there is no kubeconfig at ${source}. Pass kubeconfig (on the command line --kubeconfig), set stack config kubernetes:kubeconfig, or set KUBECONFIG to a file that exists.`,
    );
  }
  return { texts, source: prefix + source };
}

/** Undefined when there is no such file. It is read once: it may be a pipe, as a shell's `<(…)` is. */
function readKubeconfigFile(path: string, prefix: string): KubeconfigText | undefined {
  const bytes = readBytes(path, prefix);
  if (bytes === undefined) {
    return undefined;
  }
  const text = decodeKubeconfig(bytes);
  if (text === undefined) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `${prefix}the kubeconfig ${path} is neither UTF-8 nor UTF-16 with a byte order mark. Save it as UTF-8.`,
    );
  }
  return { text, folder: dirname(path), source: prefix + path };
}

function readBytes(path: string, prefix: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw unreadableFile(path, prefix, errorCode(error));
  }
}

function unreadableFile(path: string, prefix: string, code: string): KubernetesUserError {
  return new KubernetesUserError(
    "kubeconfig-unreadable",
    `${prefix}the kubeconfig ${path} cannot be read (${code}). Check its path and its permissions.`,
  );
}

function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function errorCode(error: unknown): string {
  return isRecord(error) && typeof error["code"] === "string" ? error["code"] : "unknown error";
}
