import { type Grant } from "../../core/rbac/grants";
import { readGrants } from "../../core/rbac/stored-grants";
import { readState } from "../../core/lifecycle/certificate-state";
import { type ParsedRequest, requestReader } from "../../core/csr/certification-request";
import { renewalReason } from "../../core/options/lifetime";
import { secondsBetween } from "../../core/time";
import { certificateFacts } from "../../core/x509/certificate";
import { isRecord } from "../../core/options/validation-errors";
import { usages } from "../../core/csr/issuance-request";
import { type PolicySubject } from "../../core/options/policy";
import {
  type CertificateDeclaration,
  type StoredDeclaration,
  isWidened,
  readDeclaration,
} from "../../core/lifecycle/declaration";
import { nextStep } from "../../core/lifecycle/next-step";

/** What an approval hook gets to judge. It holds no secret. */
export interface ApprovalRequest extends PolicySubject {
  /** Lifetime asked for, in seconds; of {@link certificate}, if that is longer. */
  readonly expirationSeconds: number;
  /**
   * What is about to happen: `issue` submits a request for a certificate, the first or a later one, or adopts
   * `certificate`; `access` adds access to a user who has a certificate or has been judged before.
   */
  readonly phase: "issue" | "access";
  /** Who is asked to sign. */
  readonly signerName: string;
  /** What the certificate may be used for. */
  readonly usages: readonly string[];
  /** The PKCS#10 request, PEM. */
  readonly request: string;
  /** The certificate of `adopt`, PEM, which a first run takes over in place of submitting the request. Undefined without. */
  readonly certificate?: string;
  /** What the user will be allowed to do. */
  readonly access: readonly ApprovalGrant[];
  /**
   * What was judged before. Undefined where it is not known: at a first issue, and where a new resource takes the place
   * of an old one, of which the engine tells nothing.
   */
  readonly previousAccess?: readonly ApprovalGrant[];
  /** When the access ends, RFC 3339; undefined when it does not. A later end counts as access that is added. */
  readonly accessUntil?: string;
  /** Address of the cluster's API server. */
  readonly server: string;
}

/** A grant as an approval hook sees it. */
export type ApprovalGrant = Grant;

/**
 * What an approval hook has to judge before the certificate's resource is created or updated; undefined for an update
 * that neither issues anything nor widens access.
 *
 * @param inputs the resource's.
 * @param old its outputs; undefined when it is created.
 */
export function judgement(inputs: unknown, old: unknown, server: string, now: number): ApprovalRequest | undefined {
  if (!isInputs(inputs)) {
    throw new TypeError("The engine gave the approval hook no request to judge. Nothing was submitted.");
  }
  const wanted = readDeclaration(inputs);
  const read = requestReader();
  const parsed = read(wanted.request);
  if (old === undefined) {
    const request = describeRequest("issue", wanted, parsed, undefined, server);
    // What takes the place of another resource has a request issued: the comparison says why.
    return "replaceReason" in wanted ? request : withAdopted(request, wanted, now);
  }
  const state = readState(old);
  const step = nextStep(state, wanted, now, read);
  if (step.kind === "adopt") {
    return withAdopted(describeRequest("issue", wanted, parsed, state.access, server), wanted, now);
  }
  if (step.kind === "issue" || (step.kind === "resume" && step.otherTerms === true)) {
    return describeRequest("issue", wanted, parsed, state.access, server);
  }
  return isWidened(state, wanted) ? describeRequest("access", wanted, parsed, state.access ?? [], server) : undefined;
}

/** They are our own, as the engine got them. */
function isInputs(inputs: unknown): inputs is StoredDeclaration {
  return (
    isRecord(inputs) &&
    typeof inputs["request"] === "string" &&
    typeof inputs["expirationSeconds"] === "number" &&
    readGrants(inputs["access"]) !== undefined
  );
}

/** The same with what is adopted, unless it is due for renewal: such a certificate is not adopted. */
function withAdopted(
  request: ApprovalRequest,
  { adopt, renewBeforeSeconds }: CertificateDeclaration,
  now: number,
): ApprovalRequest {
  if (adopt === undefined) {
    return request;
  }
  const { notBefore, notAfter } = certificateFacts(adopt.certificate);
  if (renewalReason({ notBefore, notAfter }, renewBeforeSeconds, now) !== undefined) {
    return request;
  }
  const lifetime = secondsBetween(notBefore, notAfter);
  return {
    ...request,
    expirationSeconds: Math.max(request.expirationSeconds, lifetime),
    certificate: adopt.certificate,
  };
}

function describeRequest(
  phase: ApprovalRequest["phase"],
  { signerName, expirationSeconds, access, accessUntil }: CertificateDeclaration,
  { username, groups, key, pem }: ParsedRequest,
  previousAccess: readonly ApprovalGrant[] | undefined,
  server: string,
): ApprovalRequest {
  return {
    phase,
    username,
    groups,
    signerName,
    usages,
    expirationSeconds,
    keyAlgorithm: key.algorithm,
    keySize: key.size,
    request: pem,
    access,
    ...(previousAccess === undefined ? {} : { previousAccess }),
    ...(accessUntil === undefined ? {} : { accessUntil }),
    server,
  };
}
