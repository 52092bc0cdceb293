import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { type AdministeredCluster, selectCluster } from "../core/cluster";
import { KubernetesUserError } from "../core/errors";
import { decodeKubeconfig } from "../core/kubeconfig-bytes";
import { type KubeconfigDocument, mergeFirstWins, parseKubeconfig, resolvePaths } from "../core/kubeconfig-document";

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
export function administeredCluster({ kubeconfig, context, owner }: ClusterChoice): AdministeredCluster {
  const prefix = owner === undefined ? "" : `${owner}: `;
  const { document, source } =
    kubeconfig === undefined ? ambientKubeconfig(prefix) : givenKubeconfig(kubeconfig, prefix);
  return selectCluster(document, context, source, (path) => readFileSync(path));
}

interface Found {
  readonly document: KubeconfigDocument;
  /** What to call it in errors. */
  readonly source: string;
}

/** A kubeconfig's text has more than one line or is JSON; anything else is a file's path, as for @pulumi/kubernetes. */
function givenKubeconfig(kubeconfig: string, prefix: string): Found {
  if (/\n|^\s*\{/.test(kubeconfig)) {
    // Nobody knows which folder a text lay in: relative paths are taken from the program's, as kubectl does.
    const source = `${prefix}kubeconfig`;
    return { document: resolvePaths(parseKubeconfig(kubeconfig, source), process.cwd()), source };
  }
  const path = resolve(kubeconfig.replace(/^~(?=$|\/)/, homedir()));
  return { document: readKubeconfigFile(path, prefix), source: prefix + path };
}

/** KUBECONFIG may list several files, of which those that do not exist are skipped, as kubectl does. */
function ambientKubeconfig(prefix: string): Found {
  const list = process.env["KUBECONFIG"] ?? "";
  const listed = list.split(delimiter).filter((path) => path !== "");
  // kubectl looks into the home folder only if the variable is empty, not if it names nothing.
  const paths = list === "" ? [join(homedir(), ".kube", "config")] : listed.map((path) => resolve(path));
  const existing = paths.filter(exists);
  const source = paths.length === 0 ? `KUBECONFIG (${list})` : paths.join(delimiter);
  if (existing.length === 0) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `${prefix}there is no kubeconfig at ${source}. Pass kubeconfig (on the command line --kubeconfig), set stack config kubernetes:kubeconfig, or set KUBECONFIG to a file that exists.`,
    );
  }
  const documents = existing.map((path) => readKubeconfigFile(path, prefix));
  return { document: mergeFirstWins(documents), source: prefix + source };
}

function readKubeconfigFile(path: string, prefix: string): KubeconfigDocument {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `${prefix}the kubeconfig ${path} cannot be read (${errorCode(error)}). Check its path and its permissions.`,
    );
  }
  const text = decodeKubeconfig(bytes);
  if (text === undefined) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `${prefix}the kubeconfig ${path} is neither UTF-8 nor UTF-16 with a byte order mark. Save it as UTF-8.`,
    );
  }
  return resolvePaths(parseKubeconfig(text, prefix + path), dirname(path));
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return errorCode(error) !== "ENOENT";
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
