import { isAbsolute, resolve } from "node:path";
import { canonicalJson } from "../text/json";
import { describe, isRecord } from "../options/validation-errors";
import { KubernetesUserError } from "../errors";
import { wrongField } from "./kubeconfig-fields";
import { type Reading, UnreadableYaml, readYaml } from "./kubeconfig-yaml";
import { formatYaml } from "./yaml-writer";

type Fields = Readonly<Record<string, unknown>>;

/** An entry of a kubeconfig's `clusters`, `users` or `contexts`. */
export interface NamedEntry {
  readonly name: string;
  readonly value: Fields;
}

/**
 * A kubeconfig, with the entries' contents left as they are.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export interface KubeconfigDocument {
  readonly clusters: readonly NamedEntry[];
  readonly users: readonly NamedEntry[];
  readonly contexts: readonly NamedEntry[];
  readonly currentContext: string | undefined;
}

/** The three lists of a kubeconfig, with the key that holds an entry's content. */
const lists = [
  ["clusters", "cluster"],
  ["users", "user"],
  ["contexts", "context"],
] as const;

/**
 * Reads a kubeconfig (YAML or JSON) as kubectl does. Errors name places, never contents: what stands there may be a secret.
 * One without content has no entries.
 *
 * @param source what to call it in errors, e.g. a file's path.
 */
export function parseKubeconfig(text: string, source: string): KubeconfigDocument {
  const content = parseContent(text, source, "as kubectl");
  const wrong = wrongField(content);
  if (wrong !== undefined) {
    throw unreadable(source, wrong);
  }
  const document = documentOf(content, source);
  refuseDoubles(document, source);
  return document;
}

/** The content of a kubeconfig's text, whatever its fields are. Errors as {@link parseKubeconfig}. */
export function parseContent(text: string, source: string, reading: Reading): Fields {
  const content = contentOf(text, source, reading) ?? {};
  if (!isRecord(content)) {
    const found = typeof content === "string" ? "a plain text" : "none";
    throw unreadable(source, `expected a kubeconfig with clusters, users and contexts, found ${found}`);
  }
  return content;
}

function contentOf(text: string, source: string, reading: Reading): unknown {
  try {
    return readYaml(text, reading);
  } catch (error) {
    throw error instanceof UnreadableYaml ? unreadable(source, error.message) : error;
  }
}

/** As kubectl does, which would not know which of the two is meant. */
function refuseDoubles(document: KubeconfigDocument, source: string): void {
  for (const [list] of lists) {
    const names = new Set<string>();
    for (const { name } of document[list]) {
      if (names.has(name)) {
        throw unreadable(source, `${list}: two entries have the name ${describe(name)}, which kubectl refuses`);
      }
      names.add(name);
    }
  }
}

/** The entries of a kubeconfig's content. */
export function documentOf(content: Fields, source: string): KubeconfigDocument {
  const [clusters, users, contexts] = lists.map(([list, member]) => readEntries(content, list, member, source));
  const current = content["current-context"];
  return {
    clusters: clusters ?? [],
    users: users ?? [],
    contexts: contexts ?? [],
    currentContext: typeof current === "string" && current !== "" ? current : undefined,
  };
}

function readEntries(content: Fields, list: string, member: string, source: string): NamedEntry[] {
  const entries = content[list] ?? [];
  if (!Array.isArray(entries)) {
    throw unreadable(source, `${list}: expected a list`);
  }
  return entries.map((entry: unknown, index) => {
    const at = `${list}[${index}]`;
    const { name = "", value = {} } = isRecord(entry) ? { name: entry["name"] ?? "", value: entry[member] ?? {} } : {};
    if ((entry !== null && !isRecord(entry)) || typeof name !== "string") {
      throw unreadable(source, `${at}.name is missing`);
    }
    if (!isRecord(value)) {
      throw unreadable(source, `${at}.${member} is missing`);
    }
    return { name, value };
  });
}

/** Error about a kubeconfig that cannot be used; `what` names a place in it. */
export function unreadable(source: string, what: string): KubernetesUserError {
  return new KubernetesUserError(
    "kubeconfig-unreadable",
    `${source}: ${what}. Compare it with the output of "kubectl config view --kubeconfig FILE".`,
  );
}

/** Keys of a user entry and of a cluster entry that hold a file's path. */
const filePaths = ["client-certificate", "client-key", "tokenFile", "certificate-authority"];

/**
 * Makes relative paths absolute, as kubectl takes them: relative to the folder that the kubeconfig lies in. An exec
 * command is a path only if it holds a separator; otherwise it is looked up in PATH.
 */
export function resolvePaths(document: KubeconfigDocument, folder: string): KubeconfigDocument {
  const absolute = (path: unknown): unknown =>
    typeof path === "string" && path !== "" && !isAbsolute(path) ? resolve(folder, path) : path;
  const resolveEntry = ({ name, value }: NamedEntry): NamedEntry => {
    const paths = filePaths
      .filter((key) => value[key] !== undefined)
      .map((key) => [key, absolute(value[key])] as const);
    const exec = value["exec"];
    const command = isRecord(exec) ? exec["command"] : undefined;
    const resolvedExec =
      isRecord(exec) && typeof command === "string" && /[/\\]/.test(command)
        ? { exec: { ...exec, command: absolute(command) } }
        : {};
    return { name, value: { ...value, ...Object.fromEntries(paths), ...resolvedExec } };
  };
  return { ...document, clusters: document.clusters.map(resolveEntry), users: document.users.map(resolveEntry) };
}

/** Merges kubeconfigs as kubectl merges the files of KUBECONFIG: of two entries with one name, the first holds. */
export function mergeFirstWins(documents: readonly KubeconfigDocument[]): KubeconfigDocument {
  const merge = (list: "clusters" | "users" | "contexts"): NamedEntry[] => {
    const byName = new Map<string, NamedEntry>();
    for (const entry of documents.flatMap((document) => document[list])) {
      if (!byName.has(entry.name)) {
        byName.set(entry.name, entry);
      }
    }
    return [...byName.values()];
  };
  return {
    clusters: merge("clusters"),
    users: merge("users"),
    contexts: merge("contexts"),
    currentContext: documents.map((document) => document.currentContext).find((name) => name !== undefined),
  };
}

/**
 * Merges kubeconfigs of one person for several clusters into one; the first one's current-context stays.
 *
 * @throws KubernetesUserError `invalid-arguments` when two have an entry of one name with different content.
 */
export function mergeKubeconfigTexts(texts: readonly string[]): string {
  const documents = texts.map((text, index) => parseKubeconfig(text, `kubeconfig ${index + 1}`));
  refuseClashes(documents);
  return formatKubeconfig(mergeFirstWins(documents));
}

/**
 * Makes sure that kubeconfigs can be merged.
 *
 * @throws KubernetesUserError `invalid-arguments` when two have an entry of one name with different content.
 */
export function refuseClashes(documents: readonly Omit<KubeconfigDocument, "currentContext">[]): void {
  const clashes = lists.flatMap(([list, member]) => {
    const contents = new Map<string, string>();
    return documents.flatMap((document) =>
      document[list].flatMap(({ name, value }) => {
        const content = canonicalJson(value);
        const known = contents.get(name) ?? content;
        contents.set(name, known);
        return known === content ? [] : [`${member} ${describe(name)}`];
      }),
    );
  });
  if (clashes.length > 0) {
    throw new KubernetesUserError(
      "invalid-arguments",
      `mergeKubeconfigs: ${[...new Set(clashes)].join(", ")}: one name stands for different content. ` +
        "Give each cluster its own name with clusterName, and each context with contextName.",
    );
  }
}

/** A kubeconfig as YAML in ASCII, which every parser reads alike. */
export function formatKubeconfig(document: KubeconfigDocument): string {
  return formatYaml({
    apiVersion: "v1",
    kind: "Config",
    ...Object.fromEntries(
      lists.map(([list, member]) => [list, document[list].map(({ name, value }) => ({ name, [member]: value }))]),
    ),
    ...(document.currentContext === undefined ? {} : { "current-context": document.currentContext }),
  });
}
