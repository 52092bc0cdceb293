import { createHash } from "node:crypto";
import { covers } from "../../core/rbac/access-widening";
import { canonicalJson } from "../../core/text/canonical-json";
import {
  type CertificateState,
  type OpenRequest,
  type WithCertificate,
  isIssued,
} from "../../core/lifecycle/certificate-state";
import { type RequestReader, requestReader } from "../../core/csr/certification-request";
import { contentDigest } from "../../core/csr/issuance-request";
import { lifetimeToRequest, minimumLifetimeSeconds, renewalReason } from "../../core/options/lifetime";
import { formatTime, secondsBetween, timeOf } from "../../core/time";
import { type CertificateSigningRequestInputs } from "./certificate-signing-request-inputs";
import { hasUnknown, isUnknown, known } from "../unknown";

/** What a run has to do about a certificate. */
export type Step =
  /** Nothing. */
  | { readonly kind: "none"; readonly remark?: string }
  /** Options are recorded, or the certificate is tried out; nothing is asked for. */
  | { readonly kind: "record"; readonly openRequest?: OpenRequest; readonly remark?: string }
  /** The request that was submitted is looked at again; perhaps on other terms than those that were judged. */
  | { readonly kind: "resume"; readonly otherTerms?: true; readonly remark?: string }
  /** Another certificate is asked for, by an update: what is there stays until the new one has come. */
  | { readonly kind: "issue"; readonly causes: readonly string[]; readonly remark?: string }
  /** Another certificate is asked for, by another resource, which is made before this one goes. */
  | { readonly kind: "replace"; readonly causes: readonly string[]; readonly remark?: string };

/** Whether the run submits a request and goes on without waiting for somebody's approval. */
export function isSubmitOnly({
  approvalMode,
  approvalTimeoutSeconds,
}: Pick<CertificateSigningRequestInputs, "approvalMode" | "approvalTimeoutSeconds">): boolean {
  return approvalMode === "manual" && approvalTimeoutSeconds === 0;
}

/**
 * What to do about a certificate, by what is in the state, what the program wants, and the clock. A certificate is
 * asked for again because something in it is to be different, or because it is due for renewal: nothing else does it.
 */
export function nextStep(
  old: CertificateState,
  inputs: CertificateSigningRequestInputs,
  now: number,
  read: RequestReader = requestReader(),
): Step {
  const wanted = { ...inputs, content: contentOf(inputs, read) };
  return isIssued(old) ? afterIssuing(old, wanted, now) : beforeIssuing(old, wanted, now);
}

/** What the program wants. */
interface Wanted extends CertificateSigningRequestInputs {
  /** Digest of request, signer and usages; undefined while they are not known. */
  readonly content: string | undefined;
}

function contentOf({ request, signerName }: CertificateSigningRequestInputs, read: RequestReader): string | undefined {
  return isUnknown(request) || isUnknown(signerName)
    ? undefined
    : contentDigest({ request: read(request), signerName });
}

/** What of a declaration is judged beside the request. */
export type JudgedAccess = Pick<CertificateSigningRequestInputs, "access" | "accessUntil">;

/**
 * Whether the grants go beyond those that have been judged, or hold for longer. Taking access away is judged by nobody.
 */
export function isWidened(old: Partial<JudgedAccess>, { access, accessUntil }: JudgedAccess): boolean {
  return (!hasUnknown(access) && !covers(old.access ?? [], access)) || isProlonged(old.accessUntil, accessUntil);
}

function isProlonged(old: string | undefined, wanted: string | undefined): boolean {
  return old !== undefined && !isUnknown(wanted) && (wanted === undefined || timeOf(wanted) > timeOf(old));
}

/**
 * Names all that decides on a request: while it stays the same, a request that was denied is not submitted again.
 */
export function declarationDigest(content: string, inputs: CertificateSigningRequestInputs): string {
  return digest([termsDigest(content, inputs), inputs.access]);
}

/** Names the terms on which a request is submitted: what its certificate is, how it is approved, and by whom judged. */
export function termsDigest(content: string, inputs: CertificateSigningRequestInputs): string {
  const { cluster, expirationSeconds, accessUntil, approvalMode, approvalTimeoutSeconds, hooked } = inputs;
  const approval = [approvalMode, approvalTimeoutSeconds, hooked];
  return digest([content, cluster, expirationSeconds, accessUntil ?? null, ...approval]);
}

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(canonicalJson(parts)).digest("hex").slice(0, 32);
}

function beforeIssuing(old: CertificateState, wanted: Wanted, now: number): Step {
  const { openRequest } = old;
  const end = endOfAccess(wanted);
  if (end !== undefined && lifetimeToRequest(minimumLifetimeSeconds, end, now) === undefined) {
    // An error would fail every run from then on, for everybody.
    const remark = `access ends ${formatTime(end)}: it was never approved, and it is too late for a certificate`;
    return withRemark(recordOptions(old, wanted, openRequest), remark);
  }
  if (openRequest === undefined) {
    return { kind: "resume", otherTerms: true };
  }
  return answered(openRequest, old, wanted, ["openRequest"]);
}

function afterIssuing(old: WithCertificate, wanted: Wanted, now: number): Step {
  const end = endOfAccess(wanted);
  const ended = end !== undefined && now >= end;
  const renewal = renew(old, known(wanted.renewBeforeSeconds), end, now);
  const causes = ended ? [] : [...changedOptions(old, wanted), ...renewal.causes];
  const { remark } = renewal;
  if (causes.length === 0) {
    // A successor that is not wanted any more is let go of.
    const more = old.openRequest !== undefined || (!ended && canBeVerified(old, wanted));
    return withRemark(more ? { kind: "record" } : recordOptions(old, wanted, undefined), remark);
  }
  if (!isSubmitOnly(wanted)) {
    return withRemark({ kind: "replace", causes }, remark);
  }
  const { openRequest } = old;
  const step: Step = openRequest === undefined ? { kind: "issue", causes } : answered(openRequest, old, wanted, causes);
  return withRemark(step, remark);
}

/** What a request that nobody waits for comes to, while a certificate is wanted. */
function answered(openRequest: OpenRequest, old: CertificateState, wanted: Wanted, causes: readonly string[]): Step {
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
  const { content } = wanted;
  const same = content === undefined || hasUnknown(termsOf(wanted)) || termsDigest(content, wanted) === terms;
  return same ? { kind: "resume" } : { kind: "resume", otherTerms: true };
}

function termsOf({ cluster, expirationSeconds, accessUntil, approvalMode, approvalTimeoutSeconds }: Wanted): unknown {
  return [cluster, expirationSeconds, accessUntil, approvalMode, approvalTimeoutSeconds];
}

function withRemark(step: Step, remark: string | undefined): Step {
  return remark === undefined ? step : { ...step, remark };
}

/** A certificate that ends so shortly before the access needs no other. */
const endToleranceSeconds = 120;

/** What the clock says to a certificate. */
function renew(
  old: Pick<WithCertificate, "notBefore" | "notAfter">,
  renewBeforeSeconds: number | undefined,
  end: number | undefined,
  now: number,
): { causes: readonly string[]; remark: string | undefined } {
  const validity = { notBefore: timeOf(old.notBefore), notAfter: timeOf(old.notAfter) };
  if (end !== undefined && now >= end) {
    const remark = `access ended ${formatTime(end)}: nothing is renewed any more, and there are no Roles and bindings`;
    return { causes: [], remark };
  }
  const due = renewalReason(validity, renewBeforeSeconds, now);
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

function endOfAccess({ accessUntil }: CertificateSigningRequestInputs): number | undefined {
  const text = known(accessUntil);
  return text === undefined ? undefined : timeOf(text);
}

/** Records options that have changed and need no other certificate. */
function recordOptions(
  old: CertificateState,
  wanted: CertificateSigningRequestInputs,
  openRequest: OpenRequest | undefined,
): Step {
  const { renewBeforeSeconds, accessUntil, access } = wanted;
  const changed =
    (!isUnknown(renewBeforeSeconds) && renewBeforeSeconds !== old.renewBeforeSeconds) ||
    (!isUnknown(accessUntil) && accessUntil !== old.accessUntil) ||
    (!hasUnknown(access) && canonicalJson(access) !== canonicalJson(old.access));
  return changed ? { kind: "record", ...(openRequest === undefined ? {} : { openRequest }) } : { kind: "none" };
}

/** Whether the certificate is still to be tried out, and can be. */
function canBeVerified({ verified }: WithCertificate, wanted: CertificateSigningRequestInputs): boolean {
  return !verified && wanted.verify && !isUnknown(wanted.verify) && wanted.privateKey !== undefined;
}

/** Options that are part of a certificate and differ from what it was issued or asked for. */
function changedOptions(old: AskedFor, wanted: Wanted): string[] {
  const changed: string[] = [];
  if (!isContent(old.content, wanted)) {
    changed.push("request");
  }
  const cluster = known(wanted.cluster);
  if (cluster !== undefined && cluster !== old.cluster) {
    changed.push("cluster");
  }
  const expirationSeconds = known<unknown>(wanted.expirationSeconds);
  if (expirationSeconds !== undefined && expirationSeconds !== old.expirationSeconds) {
    changed.push("expirationSeconds");
  }
  return changed;
}

type AskedFor = Pick<WithCertificate, "content" | "cluster" | "expirationSeconds">;

/** Whether a digest is that of the request and the signer. Keys and requests are known unless they are made anew. */
function isContent(content: string, { request, signerName, content: wanted }: Wanted): boolean {
  return !isUnknown(request) && (isUnknown(signerName) || wanted === content);
}

/** Whether a digest is that of the declaration. What is not known yet counts as unchanged. */
function isDeclaredAs(declaration: string, wanted: Wanted): boolean {
  const { kubeconfig, privateKey, content, request, ...judged } = wanted;
  if (isUnknown(request)) {
    return false;
  }
  return content === undefined || hasUnknown(judged) || declarationDigest(content, wanted) === declaration;
}
