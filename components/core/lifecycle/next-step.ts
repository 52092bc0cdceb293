import { type RequestReader, requestReader } from "../csr/certification-request";
import { contentDigest } from "../csr/issuance-request";
import { lifetimeToRequest, minimumLifetimeSeconds, renewalReason } from "../options/lifetime";
import { notYetKnown } from "../options/validation-errors";
import { canonicalJson } from "../text/json";
import { formatTime, secondsBetween, timeOf } from "../time";
import { stillValid } from "../x509/certificate-summary";
import { type CertificateState, type IssuedState, type OpenRequest } from "./certificate-state";
import {
  type CertificateDeclaration,
  type PartlyKnown,
  declarationDigest,
  ifKnown,
  isAllKnown,
  isSubmitOnly,
  termsDigest,
} from "./declaration";

/** What a run has to do about a certificate. */
export type Step =
  /** Nothing. */
  | { readonly kind: "none"; readonly remark?: string }
  /** Options are recorded, or the certificate is tried out; nothing is asked for. */
  | { readonly kind: "record"; readonly openRequest?: OpenRequest; readonly remark?: string }
  /** The request that was submitted is looked at again; perhaps on other terms than those that were judged. */
  | { readonly kind: "resume"; readonly otherTerms?: true; readonly remark?: string }
  /** The certificate that the person has is taken over; nothing is asked for. */
  | { readonly kind: "adopt"; readonly remark?: string }
  /** Another certificate is asked for, by an update: what is there stays until the new one has come. */
  | { readonly kind: "issue"; readonly causes: readonly string[]; readonly remark?: string }
  /** Another certificate is asked for, by another resource, which is made before this one goes. */
  | { readonly kind: "replace"; readonly causes: readonly string[]; readonly remark?: string };

/** What the program wants. */
interface Wanted extends PartlyKnown<CertificateDeclaration> {
  /** Digest of request, signer and usages; undefined while they are not known. */
  readonly content: string | undefined;
}

/**
 * What to do about a certificate, by its state, what the program declares, and the clock. A certificate is asked for
 * again because something in it is to be different, or because it is due for renewal: nothing else does it.
 */
export function nextStep(
  old: CertificateState,
  declared: PartlyKnown<CertificateDeclaration>,
  now: number,
  read: RequestReader = requestReader(),
): Step {
  const wanted = { ...declared, content: contentOf(declared, read) };
  switch (old.phase) {
    case "issued":
      return afterIssuing(old, wanted, now);
    case "pending":
    case "denied":
      return beforeIssuing(old, wanted, now);
  }
}

function contentOf(
  { request, signerName }: PartlyKnown<CertificateDeclaration>,
  read: RequestReader,
): string | undefined {
  return request === notYetKnown || signerName === notYetKnown
    ? undefined
    : contentDigest({ request: read(request), signerName });
}

function beforeIssuing(old: Exclude<CertificateState, IssuedState>, wanted: Wanted, now: number): Step {
  const { openRequest } = old;
  const end = endOfAccess(wanted);
  if (end !== undefined && lifetimeToRequest(minimumLifetimeSeconds, end, now) === undefined) {
    // An error would fail every run from then on, for everybody.
    const remark = `access ends ${formatTime(end)}: it was never approved, and it is too late for a certificate`;
    return withRemark(recordOptions(old, wanted, openRequest), remark);
  }
  if (wanted.adopt !== undefined) {
    return { kind: "adopt" };
  }
  if (openRequest === undefined) {
    return { kind: "resume", otherTerms: true };
  }
  return afterAnswer(openRequest, old, wanted, ["openRequest"]);
}

function afterIssuing(old: IssuedState, wanted: Wanted, now: number): Step {
  const end = endOfAccess(wanted);
  const ended = end !== undefined && now >= end;
  const renewal = renew(old, ifKnown(wanted.renewBeforeSeconds), end, now);
  const causes = ended ? [] : [...changedOptions(old, wanted), ...renewal.causes];
  const { remark } = renewal;
  if (causes.length === 0) {
    // A successor that is not wanted any more is forgotten.
    const more = old.openRequest !== undefined || (ended ? isEndToBeReported(old, now) : canBeVerified(old, wanted));
    return withRemark(more ? { kind: "record" } : recordOptions(old, wanted, undefined), remark);
  }
  if (!isSubmitOnly(wanted)) {
    return withRemark({ kind: "replace", causes }, remark);
  }
  const { openRequest } = old;
  const step: Step =
    openRequest === undefined ? { kind: "issue", causes } : afterAnswer(openRequest, old, wanted, causes);
  return withRemark(step, remark);
}

/** What a request that nobody waits for comes to, while a certificate is wanted. */
function afterAnswer(openRequest: OpenRequest, old: CertificateState, wanted: Wanted, causes: readonly string[]): Step {
  switch (openRequest.phase) {
    case "denied":
      return isDeclaredAs(openRequest.declaration, wanted)
        ? recordOptions(old, wanted, openRequest)
        : { kind: "issue", causes };
    case "pending":
      return changedOptions(openRequest, wanted).length === 0 ? resume(openRequest, wanted) : { kind: "issue", causes };
  }
}

function resume({ terms }: OpenRequest, wanted: Wanted): Step {
  const { content, cluster, expirationSeconds, accessUntil, approvalMode, approvalTimeoutSeconds, hooked } = wanted;
  const now: PartlyKnown<Terms> = {
    cluster,
    expirationSeconds,
    accessUntil,
    approvalMode,
    approvalTimeoutSeconds,
    hooked,
  };
  const same = content === undefined || !isAllKnown<Terms>(now) || termsDigest(content, now) === terms;
  return same ? { kind: "resume" } : { kind: "resume", otherTerms: true };
}

function withRemark(step: Step, remark: string | undefined): Step {
  return remark === undefined ? step : { ...step, remark };
}

/** A certificate that ends so shortly before the access needs no other. */
export const endToleranceSeconds = 120;

/** What the clock says to a certificate. */
function renew(
  old: Pick<IssuedState, "notBefore" | "notAfter">,
  renewBeforeSeconds: number | undefined,
  end: number | undefined,
  now: number,
): { causes: readonly string[]; remark: string | undefined } {
  const validity = { notBefore: timeOf(old.notBefore), notAfter: timeOf(old.notAfter) };
  if (end !== undefined && now >= end) {
    const remark = `access ended ${formatTime(end)}: nothing is renewed any more, and there are no Roles and bindings`;
    return { causes: [], remark };
  }
  const reason = renewalReason(validity, renewBeforeSeconds, now);
  const due = reason === undefined ? undefined : `certificate ${reason}`;
  if (end === undefined) {
    return { causes: due === undefined ? [] : ["notAfter"], remark: due };
  }
  if (lifetimeToRequest(minimumLifetimeSeconds, end, now) === undefined) {
    const remark = `access ends ${formatTime(end)}: too soon for another certificate`;
    return { causes: [], remark: due === undefined ? undefined : remark };
  }
  if (validity.notAfter > end) {
    return { causes: ["accessUntil"], remark: `certificate outlives accessUntil (${formatTime(end)})` };
  }
  const lastsToTheEnd = secondsBetween(validity.notAfter, end) < endToleranceSeconds;
  return due === undefined || lastsToTheEnd ? { causes: [], remark: undefined } : { causes: ["notAfter"], remark: due };
}

function endOfAccess({ accessUntil }: Wanted): number | undefined {
  const text = ifKnown(accessUntil);
  return text === undefined ? undefined : timeOf(text);
}

/** Records options that have changed and need no other certificate. */
function recordOptions(
  old: CertificateState,
  { renewBeforeSeconds, accessUntil, access }: Wanted,
  openRequest: OpenRequest | undefined,
): Step {
  const changed =
    (renewBeforeSeconds !== notYetKnown && renewBeforeSeconds !== old.renewBeforeSeconds) ||
    (accessUntil !== notYetKnown && accessUntil !== old.accessUntil) ||
    (access !== notYetKnown && canonicalJson(access) !== canonicalJson(old.access));
  return changed ? { kind: "record", ...(openRequest === undefined ? {} : { openRequest }) } : { kind: "none" };
}

/** Whether a certificate is valid although the access has ended, and no run has reported that yet. */
function isEndToBeReported({ ended, notAfter, replaced = [] }: IssuedState, now: number): boolean {
  return ended !== true && (now < timeOf(notAfter) || stillValid(replaced, now).length > 0);
}

/** Whether the certificate is still to be tried out, and can be. */
function canBeVerified({ verified }: IssuedState, { verify, privateKey }: Wanted): boolean {
  return !verified && verify === true && privateKey !== undefined;
}

/** What a certificate was issued for, or a request submitted. */
type AskedFor = Pick<IssuedState, "content" | "cluster" | "expirationSeconds">;

/** Options that are part of a certificate and differ from what it was issued or asked for. */
function changedOptions(old: AskedFor, wanted: Wanted): string[] {
  const [cluster, expirationSeconds] = [ifKnown(wanted.cluster), ifKnown(wanted.expirationSeconds)];
  return [
    ...(isContent(old.content, wanted) ? [] : ["request"]),
    ...(cluster === undefined || cluster === old.cluster ? [] : ["cluster"]),
    ...(expirationSeconds === undefined || expirationSeconds === old.expirationSeconds ? [] : ["expirationSeconds"]),
  ];
}

/** Whether a digest is that of the request and the signer. Keys and requests are known unless they are made anew. */
function isContent(content: string, { request, signerName, content: wanted }: Wanted): boolean {
  return request !== notYetKnown && (signerName === notYetKnown || wanted === content);
}

type Terms = Parameters<typeof termsDigest>[1];

/** What is judged of a declaration: keys and credentials are not. */
type Judged = Omit<CertificateDeclaration, "kubeconfig" | "privateKey" | "request">;

/** Whether a digest is that of the declaration. What is not known yet counts as unchanged. */
function isDeclaredAs(declaration: string, wanted: Wanted): boolean {
  const { kubeconfig, privateKey, content, request, ...judged } = wanted;
  if (request === notYetKnown) {
    return false;
  }
  return content === undefined || !isAllKnown<Judged>(judged) || declarationDigest(content, judged) === declaration;
}
