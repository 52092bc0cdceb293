import { type PlainGrant } from "../rbac/grants";
import { readCertificate } from "../x509/certificate";
import { type CertificateSummary, summaryOf } from "../x509/certificate-summary";
import { sameNames } from "../options/identity";
import { parseTime } from "../time";

/** Type token of the resource whose outputs a {@link CertificateState} is. */
export const certificateType = "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest";

/** What the state of a stack keeps of a user's certificate: what the user gets, and what a later run compares with. */
export type CertificateState = RecordedOptions & (IssuedCertificateState | UnissuedState);

/** Options that are recorded although a change of them needs no other certificate. */
export interface RecordedOptions {
  /** The grants that have been judged. Undefined in states of versions that did not record them. */
  readonly access?: readonly PlainGrant[];
  readonly renewBeforeSeconds?: number;
  /** RFC 3339, like all times here. */
  readonly accessUntil?: string;
  /** The key's rotation. Undefined where none was declared, and in states of versions that did not record it. */
  readonly rotation?: string;
  /** Certificates that this one has replaced and that are valid still. */
  readonly replaced?: readonly CertificateSummary[];
}

/** A certificate that has been issued. */
export interface IssuedCertificateState {
  /** Undefined in states of versions that had no phases. */
  readonly phase?: "issued";
  /** PEM. */
  readonly certificate: string;
  readonly csrName: string;
  readonly serialNumber: string;
  /** Undefined in states of versions that did not record it. */
  readonly credentialId?: string;
  /** When the signer issued it. Undefined in states of versions that did not record it, or where the cluster did not say. */
  readonly issuedAt?: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly renewAfter: string;
  /** Digest of request, signer and usages. */
  readonly content: string;
  readonly cluster: string;
  readonly expirationSeconds: number;
  /** Whether the cluster has confirmed whose credential it is. */
  readonly verified: boolean;
  /** The request for its successor, while nobody has approved that or after somebody has denied it. */
  readonly openRequest?: OpenRequest;
}

/** Nothing has been issued yet. */
export interface UnissuedState {
  /** What has become of the request. Undefined in states of versions that had no phases, and no `openRequest`. */
  readonly phase?: OpenRequest["phase"];
  readonly certificate?: "" | undefined;
  readonly csrName: string;
  readonly cluster: string;
  readonly openRequest?: OpenRequest;
}

/** A state with a certificate. */
export type WithCertificate = RecordedOptions & IssuedCertificateState;

/** Whether there is a certificate. */
export function isIssued(state: CertificateState): state is WithCertificate {
  return state.certificate !== undefined && state.certificate !== "";
}

/** A request that was submitted and that no run waits for. */
export type OpenRequest = PendingRequest | DeniedRequest;

interface SubmittedRequest {
  readonly csrName: string;
  /** Digest of what was declared when it was submitted: its terms and the grants. */
  readonly declaration: string;
  /** Digest of the terms on which it was submitted, and judged if there was a hook. */
  readonly terms: string;
  /** Digest of request, signer and usages. */
  readonly content: string;
  readonly cluster: string;
  readonly expirationSeconds: number;
  /** Whether it is for another key than the certificate that is there. */
  readonly otherKey: boolean;
}

/** A request that waits for somebody's approval. */
export interface PendingRequest extends SubmittedRequest {
  readonly phase: "pending";
  /** What approves it, to be typed. */
  readonly command?: string;
  /** Why there is no certificate although it is approved, for people. */
  readonly reason?: string;
}

/** A request that somebody has denied, for good. */
export interface DeniedRequest extends SubmittedRequest {
  readonly phase: "denied";
  /** What was said of it, for people. */
  readonly reason: string;
  /** When a run found out, with milliseconds. */
  readonly foundAt: string;
}

/** How it stands with a user. */
export type UserStatus = "issued" | "pending" | "denied" | "ended";

/**
 * The status of a user: `issued` while there is a certificate for what is declared, or one whose successor is not there
 * yet; once that has expired, or is for another key, what has become of the successor's request.
 */
export function statusOf(
  certificate: { readonly notAfter?: string | undefined } | undefined,
  openRequest: OpenRequest | undefined,
  now: number,
): Exclude<UserStatus, "ended"> {
  if (openRequest === undefined) {
    return certificate === undefined ? "pending" : "issued";
  }
  const notAfter = parseTime(certificate?.notAfter ?? "");
  const serves = notAfter !== undefined && now < notAfter && !openRequest.otherKey;
  return serves ? "issued" : openRequest.phase;
}

/** Whether a state gives what a certificate gave: to the same key, the same name and the same groups, on the same cluster. */
export function servesTheSame(state: CertificateState, old: WithCertificate): boolean {
  if (!isIssued(state) || state.cluster !== old.cluster) {
    return false;
  }
  const [now, before] = [summaryOf(state.certificate), summaryOf(old.certificate)];
  return (
    now.username === before.username &&
    sameNames(now.groups, before.groups) &&
    readCertificate(state.certificate).publicKey.equals(readCertificate(old.certificate).publicKey)
  );
}
