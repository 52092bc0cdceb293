import { type IssuanceRequest, contentDigest } from "../csr/issuance-request";
import { renewalTime } from "../options/lifetime";
import { formatTime, timeOf } from "../time";
import { readCertificate } from "../x509/certificate";
import { type CertificateSummary, credentialIdOf, stillValid, summaryOf } from "../x509/certificate-summary";
import {
  type CertificateState,
  type IssuedState,
  type OpenRequest,
  type RecordedOptions,
  unissuedState,
} from "./certificate-state";
import { type CertificateDeclaration, declarationDigest, termsDigest } from "./declaration";
import { type Issuance, type IssuedCertificate, type OpenIssuance } from "./issuance";

/** A request that was submitted, or found again, and what is known of it. */
export interface Submission {
  readonly declared: CertificateDeclaration;
  readonly request: IssuanceRequest;
  /** What was there before. */
  readonly old: CertificateState | undefined;
  /** The command that approves it. */
  readonly command: (csrName: string) => string;
  /** When it was submitted, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * The state after an issuance. A certificate that was there stays while its successor is pending or denied, as long as it
 * is of the user, on the cluster, that the program means now.
 */
export function nextState(issuance: Issuance, submission: Submission): CertificateState {
  const { declared, old, now } = submission;
  switch (issuance.phase) {
    case "issued":
      return {
        ...issuedState(issuance, submission),
        ...recordedOptions(declared, replacedBy(issuance.facts.serialNumber, old), now),
      };
    case "pending":
    case "denied": {
      const openRequest = openRequestOf(issuance, submission);
      return old?.phase === "issued" && isHolderOf(old, declared)
        ? { ...recordedState(old, declared, now), openRequest }
        : unissuedState(openRequest, recordedOptions(declared, replacedBy(undefined, old), now));
    }
  }
}

/** The state with the options as they are now, and nothing issued. A request that is open for its successor is forgotten. */
export function recordedState(old: IssuedState, declared: CertificateDeclaration, now: number): IssuedState;
export function recordedState(old: CertificateState, declared: CertificateDeclaration, now: number): CertificateState;
export function recordedState(old: CertificateState, declared: CertificateDeclaration, now: number): CertificateState {
  const options = recordedOptions(declared, old.replaced ?? [], now);
  const kept = withoutOptions(old);
  if (kept.phase !== "issued") {
    return { ...kept, ...options };
  }
  const { openRequest, ...certificate } = kept;
  return { ...certificate, renewAfter: renewAfter(kept, declared), ...options };
}

/** What of each state is not recorded anew. */
type WithoutOptions<State> = State extends RecordedOptions ? Omit<State, keyof RecordedOptions> : never;

function withoutOptions(state: CertificateState): WithoutOptions<CertificateState> {
  const { access, renewBeforeSeconds, accessUntil, rotation, replaced, ended, ...rest } = state;
  return rest;
}

/** The state after an adoption, in which nothing was submitted. */
export function adoptedState(
  adopted: IssuedCertificate,
  { declared, request, old, now }: Omit<Submission, "command">,
  verified: boolean,
): IssuedState {
  const options = recordedOptions(declared, old?.replaced ?? [], now);
  return { ...issuedState(adopted, { declared, request }), verified, ...options };
}

function issuedState(
  { certificate, csrName, facts, issuedAt }: IssuedCertificate,
  { declared, request }: Pick<Submission, "declared" | "request">,
): IssuedState {
  const [notBefore, notAfter] = [formatTime(facts.notBefore), formatTime(facts.notAfter)];
  return {
    phase: "issued",
    certificate,
    ...(csrName === undefined ? { adopted: true } : { csrName }),
    serialNumber: facts.serialNumber,
    credentialId: credentialIdOf(certificate),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    notBefore,
    notAfter,
    renewAfter: renewAfter({ notBefore, notAfter }, declared),
    content: contentDigest(request),
    cluster: declared.cluster,
    expirationSeconds: declared.expirationSeconds,
    verified: false,
  };
}

function renewAfter(
  { notBefore, notAfter }: Pick<IssuedState, "notBefore" | "notAfter">,
  { renewBeforeSeconds }: CertificateDeclaration,
): string {
  return formatTime(renewalTime({ notBefore: timeOf(notBefore), notAfter: timeOf(notAfter) }, renewBeforeSeconds));
}

function openRequestOf(issuance: OpenIssuance, { declared, request, old, command, now }: Submission): OpenRequest {
  const { csrName } = issuance;
  const content = contentDigest(request);
  const submitted = {
    csrName,
    declaration: declarationDigest(content, declared),
    terms: termsDigest(content, declared),
    content,
    cluster: declared.cluster,
    expirationSeconds: declared.expirationSeconds,
    otherKey: old?.phase === "issued" && !isKeyOf(old, request),
  };
  switch (issuance.phase) {
    case "pending": {
      const { reason } = issuance;
      return { phase: "pending", ...submitted, command: command(csrName), ...(reason === undefined ? {} : { reason }) };
    }
    case "denied":
      return {
        phase: "denied",
        ...submitted,
        reason: issuance.reason,
        foundAt: new Date(now).toISOString(),
      };
  }
}

/** Whether a certificate is of the user, on the cluster, that the program means now. */
function isHolderOf(old: IssuedState, { username, cluster }: CertificateDeclaration): boolean {
  return old.cluster === cluster && summaryOf(old.certificate).username === username;
}

function isKeyOf(old: IssuedState, { request }: IssuanceRequest): boolean {
  return readCertificate(old.certificate).publicKey.equals(request.publicKey);
}

/** The certificates that a state had, all but the one that it gets. */
function replacedBy(serialNumber: string | undefined, old: CertificateState | undefined): CertificateSummary[] {
  const own = old?.phase === "issued" && old.serialNumber !== serialNumber ? [summaryOf(old.certificate)] : [];
  return [...own, ...(old?.replaced ?? [])];
}

function recordedOptions(
  { renewBeforeSeconds, accessUntil, access, rotation }: CertificateDeclaration,
  replaced: readonly CertificateSummary[],
  now: number,
): RecordedOptions {
  const valid = stillValid(replaced, now);
  const ended = accessUntil !== undefined && timeOf(accessUntil) <= now;
  return {
    access,
    ...(renewBeforeSeconds === undefined ? {} : { renewBeforeSeconds }),
    ...(accessUntil === undefined ? {} : { accessUntil }),
    ...(rotation === undefined ? {} : { rotation }),
    ...(valid.length === 0 ? {} : { replaced: valid }),
    ...(ended ? { ended } : {}),
  };
}
