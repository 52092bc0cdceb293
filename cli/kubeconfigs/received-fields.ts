import { type X509Certificate } from "node:crypto";
import { decodeBase64 } from "../../components/core/text/base64";
import { readCertificates } from "../../components/core/x509/certificate-bundle";
import { describe } from "../../components/core/options/validation-errors";
import { type Cluster, readCluster } from "../../components/core/kubeconfig/cluster";
import { type KubernetesUserError } from "../../components/core/errors";
import { type NamedEntry } from "../../components/core/kubeconfig/kubeconfig-document";
import { isPublicationPath } from "../../components/core/rbac/published-certificate";
import { readPublication } from "../../components/core/kubeconfig/user-kubeconfig";
import { unreadableFile } from "../files/file-errors";

/** A user without a key. */
export interface ReceivedUser {
  readonly name: string;
  readonly certificate: X509Certificate;
  /** The certificate, and the chain that came with it: PEM, base64. */
  readonly certificateData: string;
  /** Where the cluster publishes the newer ones; undefined when it does not. */
  readonly publicationPath: string | undefined;
}

/** Protocols of proxies that kubectl takes. */
const proxyProtocols = ["http:", "https:", "socks5:"];

/** Reads a cluster entry whose fields are known to be a cluster's, and checks each. */
export function readReceivedCluster(entry: NamedEntry, source: string): Cluster {
  const { name, value } = entry;
  const wrong = (what: string): KubernetesUserError => changed(source, `its cluster ${describe(name)} has ${what}`);
  for (const flag of ["insecure-skip-tls-verify", "disable-compression"]) {
    if (value[flag] !== undefined && typeof value[flag] !== "boolean") {
      throw wrong(`a field ${flag} that is neither true nor false`);
    }
  }
  const { "certificate-authority-data": authority, "proxy-url": proxy } = value;
  if (typeof authority === "string" && authority !== "") {
    if (value["insecure-skip-tls-verify"] === true) {
      throw wrong("both insecure-skip-tls-verify and certificate-authority-data, which kubectl refuses");
    }
    if (readPem(authority) === undefined) {
      throw wrong("a certificate-authority-data that is not PEM certificates in base64");
    }
  }
  if (typeof proxy === "string" && proxy !== "" && !isProxy(proxy)) {
    throw wrong("a proxy-url that is not an http, https or socks5 URL without credentials");
  }
  const cluster = readCluster(entry, source, () => {
    throw wrong("a file's path");
  });
  const { tlsServerName } = cluster;
  if (tlsServerName !== undefined && !/^[\w.:-]{1,253}$/.test(tlsServerName)) {
    throw wrong("an invalid tls-server-name");
  }
  return cluster;
}

function isProxy(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) {
    return false;
  }
  const { protocol, username, password } = new URL(text);
  return proxyProtocols.includes(protocol) && username === "" && password === "";
}

/** Reads the certificate of a user entry whose fields are known to be a user's. */
export function readReceivedCertificate({ name, value }: NamedEntry, source: string): Omit<ReceivedUser, "name"> {
  const data = value["client-certificate-data"];
  const pem = typeof data === "string" ? readPem(data) : undefined;
  const [certificate] = pem?.certificates ?? [];
  if (pem === undefined || certificate === undefined) {
    throw unreadableFile(
      source,
      `has no certificate for user ${describe(name)}: client-certificate-data is not PEM certificates in base64`,
      "Ask for it again.",
    );
  }
  const publicationPath = readPublication(value);
  if (publicationPath !== undefined && !isPublicationPath(publicationPath, certificate.publicKey)) {
    throw changed(
      source,
      `its user ${describe(name)} has "extensions" other than the place of its published certificate`,
    );
  }
  return { certificate, certificateData: pem.base64, publicationPath };
}

/** The certificates of PEM in base64, and the base64 in its one canonical form. */
function readPem(data: string) {
  const bytes = decodeBase64(data);
  const certificates = bytes === undefined ? undefined : readCertificates(bytes.toString("latin1"));
  return bytes === undefined || certificates === undefined
    ? undefined
    : { base64: bytes.toString("base64"), certificates };
}

/** A file that is not as this project writes it. */
export function changed(source: string, what: string): KubernetesUserError {
  return unreadableFile(
    source,
    `cannot be used: ${what}`,
    "Somebody has changed it: do not use it, and ask for it again.",
  );
}
