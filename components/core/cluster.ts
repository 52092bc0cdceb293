import { createHash } from "node:crypto";
import { describe, describeList } from "./checks";
import { KubernetesUserError, invalidArguments } from "./errors";
import { hasHiddenCharacters } from "./hidden-characters";
import { type KubeconfigDocument, type NamedEntry, formatKubeconfig, unreadable } from "./kubeconfig-document";

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
}

/** One cluster, as its administrator sees it. */
export interface AdministeredCluster {
  readonly cluster: Cluster;
  /** Name of the context in use. */
  readonly context: string;
  /** Digest of all that the kubeconfig says of the cluster. */
  readonly entryDigest: string;
  /** The administrator's kubeconfig reduced to the one context in use, file paths absolute. Secret. */
  readonly kubeconfig: string;
}

/**
 * Picks one context out of an administrator's kubeconfig.
 *
 * @param context its name; default: the current-context.
 * @param readFile reads a certificate authority's file, to embed it.
 */
export function selectCluster(
  document: KubeconfigDocument,
  context: string | undefined,
  source: string,
  readFile: (path: string) => string,
): AdministeredCluster {
  const contextEntry = pickContext(document, context, source);
  const clusterEntry = referenced(document, contextEntry, "cluster", source);
  const userEntry = referenced(document, contextEntry, "user", source);
  const cluster = readCluster(clusterEntry, source, readFile);
  return {
    cluster,
    context: contextEntry.name,
    entryDigest: digest(JSON.stringify(clusterEntry.value)),
    kubeconfig: formatKubeconfig({
      clusters: [{ name: clusterEntry.name, value: { ...clusterFields(cluster), ...proxyOf(clusterEntry) } }],
      users: [userEntry],
      contexts: [contextEntry],
      currentContext: contextEntry.name,
    }),
  };
}

/** The proxy as the administrator has it, password included. */
function proxyOf({ value }: NamedEntry): Readonly<Record<string, unknown>> {
  const proxyUrl = value["proxy-url"];
  return proxyUrl === undefined ? {} : { "proxy-url": proxyUrl };
}

function pickContext(document: KubeconfigDocument, context: string | undefined, source: string): NamedEntry {
  const name = context ?? document.currentContext;
  const known = document.contexts.map((entry) => entry.name);
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
  if (typeof name !== "string") {
    throw unreadable(source, `${at} is missing`);
  }
  const entry = document[`${kind}s`].find((entry) => entry.name === name);
  if (entry === undefined) {
    throw unreadable(source, `${at} names ${describe(name)}, which is not among its ${kind}s`);
  }
  return entry;
}

/** Reads a kubeconfig's cluster entry, which must have an https address. */
export function readCluster({ name, value }: NamedEntry, source: string, readFile: (path: string) => string): Cluster {
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
  if (server === undefined || !isHttps(server)) {
    // Over http a client could not show its certificate.
    throw unreadable(source, `${at}: server is ${server === undefined ? "missing" : "no https URL"}`);
  }
  if (holdsCredentials(new URL(server))) {
    throw unreadable(
      source,
      `${at}: server holds a user or a password (https://USER:PASSWORD@…), which would get into every kubeconfig and message. ` +
        "Remove them from it, change the password, and let the user entry authenticate",
    );
  }
  const file = text("certificate-authority");
  const data =
    text("certificate-authority-data") ?? (file === undefined ? undefined : readAuthority(file, at, source, readFile));
  if (data !== undefined && Buffer.from(data, "base64").includes("PRIVATE KEY")) {
    // It goes into every kubeconfig that is handed out, and is no secret anywhere.
    throw unreadable(source, `${at}: certificate-authority holds a private key, which must stay with its owner`);
  }
  const [tlsServerName, proxyUrl] = [text("tls-server-name"), text("proxy-url")];
  return {
    name,
    server,
    ...(data === undefined ? {} : { certificateAuthorityData: data }),
    ...(value["insecure-skip-tls-verify"] === true ? { insecureSkipTlsVerify: true } : {}),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl: withoutCredentials(proxyUrl, at, source) }),
  };
}

/** Node passes over line breaks in a URL and takes `\` for `/`, and others do not. */
function isHttps(server: string): boolean {
  return /^https:\/\/[^\s\\]+$/i.test(server) && !hasHiddenCharacters(server) && URL.canParse(server);
}

function holdsCredentials(url: URL): boolean {
  return url.username !== "" || url.password !== "";
}

/** A proxy's password is the administrator's: it stays in the administrator's kubeconfig. */
function withoutCredentials(proxyUrl: string, at: string, source: string): string {
  if (!URL.canParse(proxyUrl)) {
    throw unreadable(source, `${at}: proxy-url is no URL`);
  }
  const url = new URL(proxyUrl);
  if (!holdsCredentials(url)) {
    return proxyUrl;
  }
  [url.username, url.password] = ["", ""];
  return url.href;
}

function readAuthority(file: string, at: string, source: string, readFile: (path: string) => string): string {
  try {
    return Buffer.from(readFile(file)).toString("base64");
  } catch {
    throw unreadable(source, `${at}: certificate-authority ${describe(file)} cannot be read`);
  }
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
    `The kubeconfig in use names the cluster ${found}, and the program meant ${expected}. ` +
      "Set KUBECONFIG to the same absolute path for the whole run, or pass kubeconfig.",
  );
}
