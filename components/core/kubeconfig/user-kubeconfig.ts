import { isDeepStrictEqual } from "node:util";
import { type ValidationErrors, describe, isRecord } from "../options/validation-errors";
import { type Cluster, clusterFields } from "./cluster";
import { hasHiddenCharacters } from "../text/hidden-characters";
import { formatKubeconfig } from "./kubeconfig-document";
import { publicationExtension } from "../rbac/published-certificate";

/** What a user's kubeconfig is made of. */
export interface UserKubeconfigOptions {
  readonly cluster: Cluster;
  /** What the cluster is called. Default: as the administrator's kubeconfig says. */
  readonly clusterName?: string | undefined;
  /** What the context is called. Default: `<username>@<clusterName>`, as the user's entry. */
  readonly contextName?: string | undefined;
  readonly username: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM. Undefined when the key is only with its owner. */
  readonly privateKey: string | undefined;
  /** Namespace that kubectl uses when none is given. */
  readonly namespace: string | undefined;
  /** Where the cluster publishes the certificate, and later the newer ones; undefined when it does not. */
  readonly publicationPath?: string | undefined;
}

/**
 * A kubeconfig with one cluster, user and context. Names say user and cluster, so that the files of several clusters
 * can be merged. Address and authority are the administrator's own: on several distributions the authority that signs
 * clients is not the one that signs the server.
 */
export function userKubeconfig({
  cluster: { name: administratorsName, ...cluster },
  clusterName = administratorsName,
  contextName,
  username,
  certificate,
  privateKey,
  namespace,
  publicationPath,
}: UserKubeconfigOptions): string {
  const name = entryName(username, clusterName);
  const context = contextName ?? name;
  const text = formatKubeconfig({
    clusters: [{ name: clusterName, value: clusterFields(cluster) }],
    users: [
      {
        name,
        value: {
          ...certificateFields(certificate, privateKey),
          ...(publicationPath === undefined ? {} : { extensions: [publication(publicationPath)] }),
        },
      },
    ],
    contexts: [
      {
        name: context,
        value: { cluster: clusterName, user: name, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
    currentContext: context,
  });
  return privateKey === undefined ? keylessComment(publicationPath !== undefined) + text : text;
}

/** What a user entry authenticates by: a certificate, and its key unless that is only with its owner. Both PEM. */
export function certificateFields(
  certificate: string,
  privateKey: string | undefined,
): Readonly<Record<string, string>> {
  return {
    "client-certificate-data": base64(certificate),
    ...(privateKey === undefined ? {} : { "client-key-data": base64(privateKey) }),
  };
}

/** Name of the user in a user's kubeconfig, and of the context unless it has a name of its own. */
export function entryName(username: string, clusterName: string): string {
  return `${username}@${clusterName}`;
}

/** Longer names are no use to anybody who types them. */
const longestName = 253;

/** Notes what keeps `value` from being the name of a cluster or of a context in a kubeconfig. */
export function checkEntryName(errors: ValidationErrors, path: string, value: unknown): void {
  const name = errors.string(path, value);
  if (name === undefined) {
    return;
  }
  if (name.length > longestName || name !== name.trim() || name.startsWith("-")) {
    errors.add(
      path,
      `expected 1 to ${longestName} characters without space at the ends and without "-" at the beginning, got ${describe(name)}. People type it after --context.`,
    );
  }
  if (hasHiddenCharacters(name) || !name.isWellFormed()) {
    errors.add(path, `expected visible characters, got ${describe(name)}. Remove the hidden ones.`);
  }
}

/** kubectl and other clients keep the extensions of an entry and pass over them. */
function publication(path: string): Readonly<Record<string, unknown>> {
  return { name: publicationExtension, extension: { path } };
}

/**
 * Where the certificate of a user entry is published, as it says itself; undefined when it has no extensions.
 *
 * @returns null when its extensions are not what {@link userKubeconfig} writes.
 */
export function readPublication({ extensions }: Readonly<Record<string, unknown>>): unknown {
  if (extensions === undefined) {
    return undefined;
  }
  const list: readonly unknown[] = Array.isArray(extensions) ? extensions : [];
  const [only, ...more] = list;
  const extension = isRecord(only) ? only["extension"] : undefined;
  const path = isRecord(extension) ? extension["path"] : undefined;
  return typeof path === "string" && more.length === 0 && isDeepStrictEqual(only, publication(path)) ? path : null;
}

const wholeCluster: Required<Cluster> = {
  name: "",
  server: "",
  certificateAuthorityData: "",
  insecureSkipTlsVerify: true,
  tlsServerName: "",
  proxyUrl: "",
  disableCompression: true,
};

/** What the entries of a kubeconfig without a key hold. */
const keylessFields: Readonly<Record<"cluster" | "user" | "context", readonly string[]>> = {
  cluster: Object.keys(clusterFields(wholeCluster)),
  user: ["client-certificate-data", "extensions"],
  context: ["cluster", "user", "namespace"],
};

/** The names of an entry's fields that no {@link userKubeconfig} without a key has, such as `exec`. */
export function foreignFields(kind: keyof typeof keylessFields, value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((field) => !keylessFields[kind].includes(field));
}

/** How the comment in a kubeconfig without a key begins. */
export const keylessRemark = "The private key is only with its owner";

/** Nothing of names in it: what others chose could end the comment. */
function keylessComment(published: boolean): string {
  const command = `kubernetes-user kubeconfig THIS-FILE --key KEY-FILE${published ? " --renew" : ""}`;
  return `# ${keylessRemark}, who adds it with: ${command}\n`;
}

function base64(pem: string): string {
  return Buffer.from(pem).toString("base64");
}
