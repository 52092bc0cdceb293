import { type KeyObject } from "node:crypto";
import { isRecord } from "../options/validation-errors";
import { parseTime } from "../time";
import { keyRefusal, publicKeyFingerprint } from "../x509/public-key";

/** Annotation that holds a published certificate, PEM. */
export const certificateAnnotation = "kubernetes-user/certificate";

/** Annotation that says from when on a newer certificate may be there, RFC 3339. */
export const renewAfterAnnotation = "kubernetes-user/renew-after";

/** Extension of a user entry in a kubeconfig without a key: where that user's certificate is published. */
export const publicationExtension = "kubernetes-user/certificate";

const namePrefix = "kubernetes-user-certificate-";

/** The path of a Role or ClusterRole that publishes a certificate, with its namespace and its key's digest. */
const publicationPattern =
  /^\/apis\/rbac\.authorization\.k8s\.io\/v1\/(?:clusterroles|namespaces\/([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\/roles)\/kubernetes-user-certificate-([0-9a-f]{64})$/;

/** A certificate as it is published. */
export interface PublishedCertificate {
  /** As it stands there: nothing of it has been checked. */
  readonly certificate: string;
  /** From when on a newer one may be there, in milliseconds since 1970; undefined when it does not say. */
  readonly renewAfter: number | undefined;
}

/**
 * Name of the (Cluster)Role that publishes the certificates of one key: each renewal of a request has the same key, so
 * that its owner looks in one place for ever.
 */
export function publicationName(publicKey: KeyObject): string {
  return namePrefix + digestOf(publicKey);
}

/** The SHA-256 of the key's DER SubjectPublicKeyInfo, hexadecimal. */
function digestOf(publicKey: KeyObject): string {
  return publicKeyFingerprint(publicKey).replace("sha256:", "");
}

/**
 * Where the API server has the (Cluster)Role that publishes the certificates of a key.
 *
 * @param namespace of the Role; undefined for a ClusterRole.
 */
export function publicationPath(publicKey: KeyObject, namespace: string | undefined): string {
  const scope = namespace === undefined ? "clusterroles" : `namespaces/${namespace}/roles`;
  return `/apis/rbac.authorization.k8s.io/v1/${scope}/${publicationName(publicKey)}`;
}

/**
 * Whether a path is where certificates of this key are published. A path that came in a file leads a client with its
 * certificate somewhere: only to our own objects, and there only to those of its own key.
 */
export function isPublicationPath(path: unknown, publicKey: KeyObject): path is string {
  const digest = typeof path === "string" ? publicationPattern.exec(path)?.[2] : undefined;
  return digest !== undefined && keyRefusal(publicKey) === undefined && digest === digestOf(publicKey);
}

/** The certificate that a (Cluster)Role publishes; undefined when it publishes none. */
export function readPublished(role: unknown): PublishedCertificate | undefined {
  const metadata = isRecord(role) ? role["metadata"] : undefined;
  const annotations = isRecord(metadata) ? metadata["annotations"] : undefined;
  const values = isRecord(annotations) ? annotations : {};
  const { [certificateAnnotation]: certificate, [renewAfterAnnotation]: renewAfter } = values;
  return typeof certificate === "string"
    ? { certificate, renewAfter: typeof renewAfter === "string" ? parseTime(renewAfter) : undefined }
    : undefined;
}
