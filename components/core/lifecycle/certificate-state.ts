import { isRecord, isStrings } from "../options/validation-errors";
import { sameNames } from "../options/identity";
import { type Grant } from "../rbac/grants";
import { readGrants, storedGrants } from "../rbac/stored-grants";
import { parseTime } from "../time";
import { readCertificate } from "../x509/certificate";
import { type CertificateSummary, credentialIdOf, summaryOf } from "../x509/certificate-summary";

/** Type tokens of the resource whose outputs a {@link CertificateState} is: a program's own, and the plugin's. */
export const certificateTypes = {
  dynamic: "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest",
  plugin: "kubernetes-user:index:CertificateSigningRequest",
} as const;

/** What the state of a stack keeps of a user's certificate: what the user gets, and what a later run compares with. */
export type CertificateState = PendingState | IssuedState | DeniedState;

/** Options that are recorded although a change of them needs no other certificate. */
export interface RecordedOptions {
  /** The grants that have been judged. Undefined in states of versions that did not record them. */
  readonly access?: readonly Grant[];
  readonly renewBeforeSeconds?: number;
  /** RFC 3339, like all times here. */
  readonly accessUntil?: string;
  /** The key's rotation. Undefined where none was declared, and in states of versions that did not record it. */
  readonly rotation?: string;
  /** Certificates that this one has replaced and that are still valid. */
  readonly replaced?: readonly CertificateSummary[];
  /** Whether the access had ended when this was recorded: what was valid still has been reported. */
  readonly ended?: true;
}

/** A certificate that has been issued, or adopted. */
export interface IssuedState extends RecordedOptions {
  readonly phase: "issued";
  /** PEM. */
  readonly certificate: string;
  /** The request that it came by. Undefined only for one that was adopted. */
  readonly csrName?: string;
  /** Whether it was taken over: no run has asked for it. */
  readonly adopted?: true;
  readonly serialNumber: string;
  readonly credentialId: string;
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

/** Nothing has been issued yet: the request waits for an approval. */
export interface PendingState extends RecordedOptions {
  readonly phase: "pending";
  readonly csrName?: string;
  readonly cluster?: string;
  /** Undefined in states of versions that did not record it. */
  readonly openRequest?: PendingRequest;
}

/** Nothing has been issued: somebody has denied the request. */
export interface DeniedState extends RecordedOptions {
  readonly phase: "denied";
  readonly csrName: string;
  readonly cluster: string;
  readonly openRequest: DeniedRequest;
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

/** The state without a certificate that an open request makes. */
export function unissuedState(openRequest: OpenRequest, options: RecordedOptions): PendingState | DeniedState {
  const { csrName, cluster } = openRequest;
  switch (openRequest.phase) {
    case "pending":
      return { ...options, phase: "pending", csrName, cluster, openRequest };
    case "denied":
      return { ...options, phase: "denied", csrName, cluster, openRequest };
  }
}

/** A state as the engine keeps it. */
export type EngineState = Omit<CertificateState, "access"> & { readonly access?: string };

/** What the engine is to keep of a state. */
export function engineState({ access, ...state }: CertificateState): EngineState {
  return { ...state, ...(access === undefined ? {} : { access: storedGrants(access) }) };
}

/** The fields of a state as an engine or a stack's file has them: each may be missing, or secret. */
export type StoredState = Readonly<Partial<Record<keyof IssuedState, unknown>>>;

/**
 * A stored state. States of earlier versions have no phase. What is no state, or lacks something, counts as pending: the
 * next run looks for the request, and whoever has to judge it is asked.
 */
export function readState(stored: unknown): CertificateState {
  const fields: StoredState = isRecord(stored) ? stored : {};
  const options = recordedOptionsIn(fields);
  const openRequest = isOpenRequest(fields.openRequest) ? fields.openRequest : undefined;
  if (isCertificate(fields)) {
    const { certificate, serialNumber, notBefore, notAfter, renewAfter, content, cluster } = fields;
    const csrName = storedText(fields.csrName);
    const credentialId = storedText(fields.credentialId) ?? credentialIdOf(certificate);
    const issuedAt = storedText(fields.issuedAt);
    return {
      phase: "issued",
      ...{ certificate, serialNumber, credentialId, notBefore, notAfter, renewAfter, content, cluster },
      ...(csrName === undefined ? { adopted: true } : { csrName }),
      ...(issuedAt === undefined ? {} : { issuedAt }),
      expirationSeconds: fields.expirationSeconds,
      verified: fields.verified === true,
      ...options,
      ...(openRequest === undefined ? {} : { openRequest }),
    };
  }
  if (openRequest !== undefined) {
    return unissuedState(openRequest, options);
  }
  const [csrName, cluster] = [storedText(fields.csrName), storedText(fields.cluster)];
  return {
    phase: "pending",
    ...(csrName === undefined ? {} : { csrName }),
    ...(cluster === undefined ? {} : { cluster }),
    ...options,
  };
}

/** What is always recorded of a certificate, in texts. */
const certificateTexts = [
  "certificate",
  "serialNumber",
  "notBefore",
  "notAfter",
  "renewAfter",
  "content",
  "cluster",
] as const;

type StoredCertificate = StoredState &
  Readonly<Record<(typeof certificateTexts)[number], string>> & { readonly expirationSeconds: number };

function isCertificate(fields: StoredState): fields is StoredCertificate {
  return (
    certificateTexts.every((name) => storedText(fields[name]) !== undefined) &&
    (fields.adopted === true || storedText(fields.csrName) !== undefined) &&
    [fields.notBefore, fields.notAfter, fields.renewAfter].every((time) => storedTime(time) !== undefined) &&
    typeof fields.expirationSeconds === "number"
  );
}

function recordedOptionsIn({
  access,
  renewBeforeSeconds,
  accessUntil,
  rotation,
  replaced,
  ended,
}: StoredState): RecordedOptions {
  const grants = readGrants(access);
  return {
    ...(grants === undefined ? {} : { access: grants }),
    ...(typeof renewBeforeSeconds === "number" ? { renewBeforeSeconds } : {}),
    ...(typeof accessUntil === "string" ? { accessUntil } : {}),
    ...(typeof rotation === "string" ? { rotation } : {}),
    ...(Array.isArray(replaced) ? { replaced: replaced.filter(isSummary) } : {}),
    ...(ended === true ? { ended } : {}),
  };
}

function isSummary(value: unknown): value is CertificateSummary {
  return (
    isRecord(value) &&
    isStrings(value["groups"]) &&
    ["username", "serialNumber", "credentialId", "notAfter"].every((name) => typeof value[name] === "string")
  );
}

const submittedTexts = ["csrName", "declaration", "terms", "content", "cluster"] as const;

function isOpenRequest(value: unknown): value is OpenRequest {
  if (!isRecord(value)) {
    return false;
  }
  const texts = value["phase"] === "denied" ? [...submittedTexts, "reason", "foundAt"] : submittedTexts;
  return (
    ["pending", "denied"].some((phase) => phase === value["phase"]) &&
    texts.every((name) => storedText(value[name]) !== undefined) &&
    typeof value["expirationSeconds"] === "number"
  );
}

/** A stored text. Undefined for what is none, as a secret in a stack's file, and for an empty one. */
export function storedText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A stored RFC 3339 time; undefined for what is none. */
export function storedTime(value: unknown): string | undefined {
  const text = storedText(value);
  return text === undefined || parseTime(text) === undefined ? undefined : text;
}

/** How it stands with a user. */
export type UserStatus = CertificateState["phase"] | "ended";

/**
 * The status of a user: `issued` while there is a certificate for what is declared, or one whose successor is not there
 * yet; once that has expired, or is for another key, what has become of the successor's request.
 */
export function statusOf(
  certificate: { readonly notAfter?: string | undefined } | undefined,
  openRequest: OpenRequest | undefined,
  now: number,
): CertificateState["phase"] {
  if (openRequest === undefined) {
    return certificate === undefined ? "pending" : "issued";
  }
  const notAfter = parseTime(certificate?.notAfter ?? "");
  const serves = notAfter !== undefined && now < notAfter && !openRequest.otherKey;
  return serves ? "issued" : openRequest.phase;
}

/** Whether a state gives what a certificate gave: to the same key, the same name and the same groups, on the same cluster. */
export function servesTheSame(state: CertificateState, old: IssuedState): boolean {
  if (state.phase !== "issued" || state.cluster !== old.cluster) {
    return false;
  }
  const [now, before] = [summaryOf(state.certificate), summaryOf(old.certificate)];
  return (
    now.username === before.username &&
    sameNames(now.groups, before.groups) &&
    readCertificate(state.certificate).publicKey.equals(readCertificate(old.certificate).publicKey)
  );
}
