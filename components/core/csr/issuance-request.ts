import { createHash } from "node:crypto";
import { type ParsedRequest } from "./certification-request";
import { describe, describeList } from "../options/validation-errors";
import { KubernetesUserError } from "../errors";
import { type Identity, sameNames } from "../options/identity";

/** What certificates of this project are for. */
export const usages = ["client auth"] as const;

/** The signer of client certificates that kube-apiserver trusts. */
export const defaultSignerName = "kubernetes.io/kube-apiserver-client";

/** What a certificate has to be, whoever asked for it. */
export interface ExpectedCertificate extends Identity {
  /** Whose name, groups and key it has. `username` and `groups` follow from it. */
  readonly request: ParsedRequest;
  readonly signerName: string;
  /** Lifetime asked for, in seconds; undefined when that was left to the signer. */
  readonly expirationSeconds: number | undefined;
  /** No certificate may outlive it: milliseconds since 1970. */
  readonly limit?: Pick<AccessLimit, "accessUntil">;
}

/** What is asked of a signer. Made by {@link issuanceRequestOf}. */
export interface IssuanceRequest extends ExpectedCertificate {
  /** Lifetime asked for, in seconds. */
  readonly expirationSeconds: number;
  /** When access ends: no certificate may outlive it. */
  readonly limit?: AccessLimit;
}

/** What is asked of a signer with a request: user and groups are the request's own. */
export function issuanceRequestOf(
  request: ParsedRequest,
  terms: Pick<IssuanceRequest, "signerName" | "expirationSeconds" | "limit">,
): IssuanceRequest {
  const { username, groups } = request;
  // Last, so that nothing in the terms can name somebody else.
  return { ...terms, username, groups, request };
}

/**
 * Makes sure that a request asks for whom it was made. What makes requests is another program, too.
 *
 * @throws KubernetesUserError `request-mismatch`
 */
export function requireIdentity(request: ParsedRequest, { username, groups }: Identity): void {
  if (request.username !== username || !sameNames(request.groups, groups)) {
    throw new KubernetesUserError(
      "request-mismatch",
      `The PKCS#10 request of ${describe(username)} (groups: ${describeList(groups)}) asks for the user ${describe(request.username)} ` +
        `(groups: ${describeList(request.groups)}). Nothing was submitted. Find out what made or changed it, and make a new one.`,
    );
  }
}

/** An end of access, which shortens what is asked for as it comes nearer. */
export interface AccessLimit {
  /** Milliseconds since 1970. */
  readonly accessUntil: number;
  /** Lifetime that would be asked for without it, in seconds. */
  readonly expirationSeconds: number;
}

/** Label that says which tool made an object, with the value that ours carry. */
export const managedBy = { label: "app.kubernetes.io/managed-by", value: "kubernetes-user" } as const;

/** Label by which a later run finds the requests of the same content. */
export const contentLabel = "kubernetes-user/content";

/** The `spec` of a certificates.k8s.io/v1 CertificateSigningRequest, as far as its submitter writes it. */
export interface RequestSpec {
  readonly request: string;
  readonly signerName: string;
  /** Undefined when it is left to the signer, which Kubernetes allows. */
  readonly expirationSeconds: number | undefined;
  readonly usages: readonly string[];
}

/** A CertificateSigningRequest as it is submitted. */
export interface RequestManifest {
  readonly apiVersion: "certificates.k8s.io/v1";
  readonly kind: "CertificateSigningRequest";
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: RequestSpec & { readonly expirationSeconds: number };
}

/** Names the content of a request: the same for the same PKCS#10, signer and usages. */
export function contentDigest({ request, signerName }: Pick<IssuanceRequest, "request" | "signerName">): string {
  return createHash("sha256")
    .update(JSON.stringify([request.der.toString("base64"), signerName, usages]))
    .digest("hex")
    .slice(0, 32);
}

/**
 * The object to submit. Its name is made of the user's name, the content and an index, so that two runs that race for
 * the same request meet at one name; the index grows when a request of that content exists and cannot be used any more.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/certificate-signing-request-v1/
 */
export function requestManifest(issuanceRequest: IssuanceRequest, index: number): RequestManifest {
  return manifest(issuanceRequest, String(index));
}

/**
 * The object to declare in a file that is applied again and again. The server silently keeps a request's first spec, so
 * the name is made of all that can differ in it: the content and the lifetime. No {@link requestManifest} has that name.
 */
export function declaredRequestManifest(issuanceRequest: IssuanceRequest): RequestManifest {
  return manifest(issuanceRequest, `${issuanceRequest.expirationSeconds}s`);
}

/** Whether a text is a CertificateSigningRequest's name: an RFC 1123 subdomain. */
export function isRequestName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

/** Whether a request has a name of {@link requestManifest}: it was submitted by a run, and not declared in a file. */
export function isSubmitted(name: string): boolean {
  return /-\d+$/.test(name);
}

function manifest(issuanceRequest: IssuanceRequest, suffix: string): RequestManifest {
  const digest = contentDigest(issuanceRequest);
  return {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: {
      name: `${slug(issuanceRequest.username)}-${digest.slice(0, 12)}-${suffix}`,
      labels: { [managedBy.label]: managedBy.value, [contentLabel]: digest },
    },
    spec: {
      request: Buffer.from(issuanceRequest.request.pem).toString("base64"),
      signerName: issuanceRequest.signerName,
      expirationSeconds: issuanceRequest.expirationSeconds,
      usages,
    },
  };
}

/** A user's name as part of an object's name, for people to recognise: lower-case letters, digits and "-". */
function slug(username: string): string {
  const slugged = username
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-|-$/g, "");
  return slugged === "" ? "user" : slugged;
}
