import { checkNamespace } from "../../components/core/options/grant-options";
import { ValidationErrors, describe, describeList, isRecord } from "../../components/core/options/validation-errors";
import { type Cluster } from "../../components/core/kubeconfig/cluster";
import { hasHiddenCharacters } from "../../components/core/text/hidden-characters";
import { type NamedEntry, documentOf, parseContent } from "../../components/core/kubeconfig/kubeconfig-document";
import { foreignFields } from "../../components/core/kubeconfig/user-kubeconfig";
import { unreadableFile } from "../files/file-errors";
import { type ReceivedUser, changed, readReceivedCertificate, readReceivedCluster } from "./received-fields";

/** A context, whose cluster and user the same kubeconfig has. */
export interface ReceivedContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
}

/**
 * A kubeconfig that came from elsewhere, by mail say, read into what has been checked. Whatever is written for its owner
 * is built from this: nothing of the text itself gets through, because another parser may read it differently.
 */
export interface ReceivedKubeconfig {
  readonly clusters: readonly Cluster[];
  readonly users: readonly ReceivedUser[];
  /** Names of users that have their key already. Of these, nothing is kept. */
  readonly completeUsers: readonly string[];
  readonly contexts: readonly ReceivedContext[];
  readonly currentContext: string | undefined;
}

/** A kubeconfig of a hundred clusters has a quarter of this. */
const maximumLength = 1024 * 1024;

/** A kubeconfig's fields; `preferences` say how kubectl shows things, and are left out. */
const rootFields = ["apiVersion", "kind", "clusters", "users", "contexts", "current-context", "preferences"];

/**
 * Reads a kubeconfig that came from elsewhere.
 *
 * @param source what to call it in errors.
 * @throws KubernetesUserError `file-unreadable` for everything that a kubeconfig without a key does not hold, with its
 * place; `kubeconfig-unreadable` when it is no kubeconfig at all.
 */
export function readReceivedKubeconfig(text: string, source: string): ReceivedKubeconfig {
  if (text.length > maximumLength) {
    throw unreadableFile(
      source,
      `has ${text.length} characters, expected at most ${maximumLength}`,
      "Ask for it again.",
    );
  }
  const content = parseContent(text, source, "to rebuild");
  const document = documentOf(content, source);
  checkRoot(content, source);
  for (const kind of ["cluster", "user", "context"] as const) {
    checkEntries(kind, content[`${kind}s`], document[`${kind}s`], source);
  }
  const isComplete = ({ value }: NamedEntry): boolean => value["client-key-data"] !== undefined;
  const users = document.users.filter((user) => !isComplete(user));
  const names = {
    cluster: document.clusters.map(({ name }) => name),
    user: document.users.map(({ name }) => name),
  };
  return {
    clusters: document.clusters.map((entry) => readReceivedCluster(entry, source)),
    users: users.map((entry) => ({ name: entry.name, ...readReceivedCertificate(entry, source) })),
    completeUsers: document.users.filter(isComplete).map(({ name }) => name),
    contexts: document.contexts.map((entry) => readContext(entry, names, source)),
    currentContext: document.currentContext,
  };
}

function checkRoot(content: Readonly<Record<string, unknown>>, source: string): void {
  refuseForeign(
    "it",
    Object.keys(content).filter((field) => !rootFields.includes(field)),
    source,
  );
  for (const [field, expected] of [
    ["apiVersion", "v1"],
    ["kind", "Config"],
  ] as const) {
    if (content[field] !== undefined && content[field] !== expected) {
      throw unreadableFile(source, `has another ${field} than ${expected}`, "kubectl does not read it.");
    }
  }
}

/** Names and fields of the entries of one list, which kubectl needs to be there once each. */
function checkEntries(
  kind: "cluster" | "user" | "context",
  list: unknown,
  entries: readonly NamedEntry[],
  source: string,
): void {
  for (const [index, { name, value }] of entries.entries()) {
    const at = `its ${kind} ${describe(name)}`;
    if (name === "" || hasHiddenCharacters(name)) {
      throw changed(source, `${kind}s[${index}].name is empty or holds hidden characters`);
    }
    if (entries.findIndex((other) => other.name === name) !== index) {
      throw changed(source, `${kind}s: two entries have the name ${describe(name)}`);
    }
    const entry: unknown = Array.isArray(list) ? list[index] : undefined;
    refuseForeign(
      at,
      Object.keys(isRecord(entry) ? entry : {}).filter((field) => field !== "name" && field !== kind),
      source,
    );
    const key = kind === "user" && value["client-key-data"] !== undefined ? ["client-key-data"] : [];
    refuseForeign(
      at,
      foreignFields(kind, value).filter((field) => !key.includes(field)),
      source,
    );
  }
}

/** Another's file must bring neither programs to run nor other credentials. */
function refuseForeign(at: string, foreign: readonly string[], source: string): void {
  if (foreign.length > 0) {
    throw changed(source, `${at} has unexpected fields: ${describeList(foreign)}`);
  }
}

function readContext(
  { name, value }: NamedEntry,
  names: Readonly<Record<"cluster" | "user", readonly string[]>>,
  source: string,
): ReceivedContext {
  const at = `its context ${describe(name)}`;
  // In the kubeconfig that it is merged into, the name may stand for another.
  const reference = (kind: "cluster" | "user"): string => {
    const found = names[kind].find((known) => known === value[kind]);
    if (found === undefined) {
      throw changed(source, `${at} names a ${kind} that the file does not have`);
    }
    return found;
  };
  const errors = new ValidationErrors();
  const namespace = value["namespace"];
  checkNamespace(errors, "namespace", namespace);
  if (errors.all.length > 0) {
    throw changed(source, `${at} has an invalid namespace`);
  }
  return {
    name,
    cluster: reference("cluster"),
    user: reference("user"),
    namespace: typeof namespace === "string" ? namespace : undefined,
  };
}
