import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { type AdministeredCluster, selectCluster } from "../core/cluster";
import { KubernetesUserError } from "../core/errors";
import { type KubeconfigDocument, mergeFirstWins, parseKubeconfig, resolvePaths } from "../core/kubeconfig-document";

/** Where a kubeconfig comes from: its text or path, or the environment when there is none. */
export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/**
 * Reads the administrator's kubeconfig as kubectl and @pulumi/kubernetes find it.
 *
 * @throws KubernetesUserError `kubeconfig-unreadable`, or `invalid-arguments` for an unknown context.
 */
export function administeredCluster({ kubeconfig, context }: ClusterChoice): AdministeredCluster {
  const { document, source } = kubeconfig === undefined ? ambientKubeconfig() : givenKubeconfig(kubeconfig);
  return selectCluster(document, context, source, (path) => readFileSync(path, "utf8"));
}

interface Found {
  readonly document: KubeconfigDocument;
  /** What to call it in errors. */
  readonly source: string;
}

/** A kubeconfig's text has more than one line or is JSON; anything else is a file's path, as for @pulumi/kubernetes. */
function givenKubeconfig(kubeconfig: string): Found {
  if (/\n|^\s*\{/.test(kubeconfig)) {
    // Nobody knows which folder a text lay in: relative paths are taken from the program's, as kubectl does.
    return { document: resolvePaths(parseKubeconfig(kubeconfig, "kubeconfig"), process.cwd()), source: "kubeconfig" };
  }
  const path = resolve(kubeconfig.replace(/^~(?=$|\/)/, homedir()));
  return { document: readKubeconfigFile(path), source: path };
}

/** KUBECONFIG may list several files, of which those that do not exist are skipped, as kubectl does. */
function ambientKubeconfig(): Found {
  const listed = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const paths = listed.length === 0 ? [join(homedir(), ".kube", "config")] : listed.map((path) => resolve(path));
  const existing = paths.filter(exists);
  const source = paths.join(delimiter);
  if (existing.length === 0) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `There is no kubeconfig at ${source}. Pass kubeconfig, set stack config kubernetes:kubeconfig, or set KUBECONFIG to a file that exists.`,
    );
  }
  return { document: mergeFirstWins(existing.map(readKubeconfigFile)), source };
}

function readKubeconfigFile(path: string): KubeconfigDocument {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `The kubeconfig ${path} cannot be read (${errorCode(error)}). Check its path and its permissions.`,
    );
  }
  return resolvePaths(parseKubeconfig(text, path), dirname(path));
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
