import { createHash } from "node:crypto";
import { type ReadFile, checkTrust, readCaBundle } from "./certificate-authority-data";
import { describe, describeList, isRecord } from "../options/validation-errors";
import { KubernetesUserError, invalidArguments } from "../errors";
import { type CanRead, wrongCredentials } from "./kubeconfig-credentials";
import { type KubeconfigDocument, type NamedEntry, formatKubeconfig, unreadable } from "./kubeconfig-document";
import { readServerAddress } from "./server-address";

/** How clients reach one API server and know that it is the right one. */
export interface Cluster {
  /** Name of its entry in the administrator's kubeconfig. */
  readonly name: string;
  readonly server: string;
  /** PEM bundle, base64. */
  readonly certificateAuthorityData?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  /** Whether clients ask for answers that are not compressed. */
  readonly disableCompression?: boolean;
}

/** One cluster, as its administrator sees it. */
export interface AdminKubeconfig {
  readonly cluster: Cluster;
  /** Name of the context in use. */
  readonly context: string;
  /** Digest of all that the kubeconfig says of the cluster. */
  readonly entryDigest: string;
  /** The administrator's kubeconfig reduced to the one context in use, file paths absolute. Secret. */
  readonly kubeconfig: string;
}

/**
 * Picks one context out of an administrator's kubeconfig, and refuses what kubectl refuses as it begins to connect.
 *
 * @param context its name; default: the current-context.
 * @param readFile reads a certificate authority's file, to embed it.
 * @param canRead looks whether the files of certificate, key and token are there. Default: nobody looks.
 */
export function selectCluster(
  document: KubeconfigDocument,
  context: string | undefined,
  source: string,
  readFile: ReadFile,
  canRead: CanRead = () => true,
): AdminKubeconfig {
  const contextEntry = pickContext(document, context, source);
  const clusterEntry = referenced(document, contextEntry, "cluster", source);
  const users = namesUser(contextEntry) ? [referenced(document, contextEntry, "user", source)] : [];
  const cluster = readCluster(clusterEntry, source, readFile);
  checkTrust(cluster, `cluster ${describe(cluster.name)}`, source);
  for (const user of users) {
    const wrong = wrongCredentials(user, canRead);
    if (wrong !== undefined) {
      throw unreadable(source, `user ${describe(user.name)}: ${wrong}`);
    }
  }
  return {
    cluster,
    context: contextEntry.name,
    entryDigest: digest(JSON.stringify(clusterEntry.value)),
    kubeconfig: formatKubeconfig({
      clusters: [{ name: clusterEntry.name, value: { ...clusterFields(cluster), ...administratorsOwn(clusterEntry) } }],
      users,
      contexts: [contextEntry],
      currentContext: contextEntry.name,
    }),
  };
}

/** The name of the extension whose content kubectl hands to credential plugins. */
const execExtension = "client.authentication.k8s.io/exec";

/** The proxy as the administrator has it, password included, and what is for the administrator's credential plugin. */
function administratorsOwn({ value }: NamedEntry): Readonly<Record<string, unknown>> {
  const { "proxy-url": proxyUrl, extensions } = value;
  const kept = Array.isArray(extensions)
    ? extensions.filter((extension: unknown) => isRecord(extension) && extension["name"] === execExtension)
    : [];
  return {
    ...(proxyUrl === undefined || proxyUrl === null || proxyUrl === "" ? {} : { "proxy-url": proxyUrl }),
    ...(kept.length === 0 ? {} : { extensions: kept }),
  };
}

/** Without one, nobody is authenticated unless the server lets everybody in; kubectl takes such a context. */
function namesUser({ value: { user } }: NamedEntry): boolean {
  return user !== undefined && user !== null && user !== "";
}

function pickContext(document: KubeconfigDocument, context: string | undefined, source: string): NamedEntry {
  const name = context ?? document.currentContext;
  const known = document.contexts.map((entry) => entry.name);
  if (known.length + document.clusters.length + document.users.length === 0) {
    throw unreadable(source, "expected a kubeconfig with clusters, users and contexts, found none");
  }
  if (name === undefined) {
    throw unreadable(source, `it has no current-context. Set context to one of ${describeList(known)}`);
  }
  const entry = document.contexts.find((entry) => entry.name === name);
  if (entry !== undefined) {
    return entry;
  }
  if (context === undefined) {
    throw unreadable(source, `its current-context ${describe(name)} is not among its contexts: ${describeList(known)}`);
  }
  throw invalidArguments(source, [
    { path: "context", message: `expected one of ${describeList(known)}, got ${describe(name)}.` },
  ]);
}

function referenced(
  document: KubeconfigDocument,
  context: NamedEntry,
  kind: "cluster" | "user",
  source: string,
): NamedEntry {
  const name = context.value[kind];
  const at = `contexts[${document.contexts.indexOf(context)}].context.${kind}`;
  if (typeof name !== "string" || name === "") {
    throw unreadable(source, `${at} is missing`);
  }
  const entry = document[`${kind}s`].find((entry) => entry.name === name);
  if (entry === undefined) {
    throw unreadable(source, `${at} names ${describe(name)}, which is not among its ${kind}s`);
  }
  return entry;
}

/** Reads a kubeconfig's cluster entry, which must have an https address. */
export function readCluster({ name, value }: NamedEntry, source: string, readFile: ReadFile): Cluster {
  const at = `cluster ${describe(name)}`;
  const text = (key: string): string | undefined => {
    const field = value[key];
    if (field === undefined || field === null || field === "") {
      return undefined;
    }
    if (typeof field !== "string") {
      throw unreadable(source, `${at}: ${key}: expected a text`);
    }
    return field;
  };
  const server = text("server");
  const address = server === undefined ? undefined : readServerAddress(server);
  if (server === undefined || address === undefined) {
    // Over http a client could not show its certificate.
    throw unreadable(source, `${at}: server is ${server === undefined ? "missing" : "not an https URL"}`);
  }
  if (holdsCredentials(address.url)) {
    throw unreadable(
      source,
      `${at}: server holds a user or a password (https://USER:PASSWORD@…), which would get into every kubeconfig and message. ` +
        "Remove them, change the password, and let the user entry authenticate",
    );
  }
  if (/[?#]/.test(server)) {
    throw unreadable(
      source,
      `${at}: server holds "?" or "#", which no API server's address has. Remove the part that begins there`,
    );
  }
  const authority = { data: text("certificate-authority-data"), file: text("certificate-authority") };
  const data = readCaBundle(authority, at, source, readFile);
  const [tlsServerName, proxyUrl] = [text("tls-server-name"), text("proxy-url")];
  return {
    name,
    server,
    ...(data === undefined ? {} : { certificateAuthorityData: data }),
    ...(value["insecure-skip-tls-verify"] === true ? { insecureSkipTlsVerify: true } : {}),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl: withoutCredentials(proxyUrl, at, source) }),
    ...(value["disable-compression"] === true ? { disableCompression: true } : {}),
  };
}

function holdsCredentials(url: URL): boolean {
  return url.username !== "" || url.password !== "";
}

/** Protocols of the proxies that kubectl takes. */
const proxyProtocols = ["http:", "https:", "socks5:"];

/** A proxy's password is the administrator's: it stays in the administrator's kubeconfig. */
function withoutCredentials(proxyUrl: string, at: string, source: string): string {
  if (!URL.canParse(proxyUrl) || !proxyProtocols.includes(new URL(proxyUrl).protocol)) {
    throw unreadable(source, `${at}: proxy-url is not an http, https or socks5 URL`);
  }
  const url = new URL(proxyUrl);
  if (!holdsCredentials(url)) {
    return proxyUrl;
  }
  [url.username, url.password] = ["", ""];
  return url.href;
}

/** A cluster as the content of a kubeconfig's cluster entry. */
export function clusterFields(cluster: Omit<Cluster, "name">): Readonly<Record<string, unknown>> {
  return {
    server: cluster.server,
    ...(cluster.certificateAuthorityData === undefined
      ? {}
      : { "certificate-authority-data": cluster.certificateAuthorityData }),
    ...(cluster.insecureSkipTlsVerify === true ? { "insecure-skip-tls-verify": true } : {}),
    ...(cluster.tlsServerName === undefined ? {} : { "tls-server-name": cluster.tlsServerName }),
    ...(cluster.proxyUrl === undefined ? {} : { "proxy-url": cluster.proxyUrl }),
    ...(cluster.disableCompression === true ? { "disable-compression": true } : {}),
  };
}

/** Names a cluster by its address and its authority: when either changes, certificates have to be issued anew. */
export function clusterFingerprint({ server, certificateAuthorityData }: Cluster): string {
  return `${server} ca:${digest(certificateAuthorityData ?? "")}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** The administrator's kubeconfig names another cluster than the one that was meant. */
export function anotherCluster(expected: string, found: string): KubernetesUserError {
  return new KubernetesUserError(
    "kubeconfig-unreadable",
    `The kubeconfig in use names the cluster ${found}, but the program meant ${expected}. ` +
      "Set KUBECONFIG to the same absolute path for the whole run, or pass kubeconfig.",
  );
}
