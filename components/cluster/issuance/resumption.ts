import { type AcceptedCertificate, type CertificateFacts, checkCertificate } from "../../core/x509/certificate";
import { type IssuanceRequest, type RequestSpec, isSubmitted, requestManifest } from "../../core/csr/issuance-request";
import { type ApprovalTerms } from "./request-approval";
import { type RequestObject, type RequestStage, requestStage, sameContent, sameSpec } from "./request-object";

/** What a request is looked for. */
export interface Wanted {
  readonly issuanceRequest: IssuanceRequest;
  readonly approval: Pick<ApprovalTerms, "timeoutSeconds">;
  /** Whether a certificate that was issued earlier for the same content may still be used. */
  readonly usable: (facts: CertificateFacts) => boolean;
  /** Name of a denied request whose answer is known, and after which another is asked for. */
  readonly answered?: string;
}

/** What of the requests that an earlier run left concerns the present one. */
export interface Resumption {
  /** The furthest of those that may be gone on with. */
  readonly resumed: RequestObject | undefined;
  /** Those whose certificates are due to be replaced. */
  readonly superseded: readonly RequestObject[];
}

/** Sorts the requests of one content. What differs from ours in any byte is neither gone on with nor superseded. */
export function sortFound(
  found: readonly RequestObject[],
  now: number,
  { issuanceRequest, approval, usable, answered }: Wanted,
): Resumption {
  const ours = requestManifest(issuanceRequest, 0).spec;
  const same = found.filter((request) => isOurs(request, ours, issuanceRequest, now));
  const inStage = (stage: RequestStage): RequestObject[] => same.filter((request) => requestStage(request) === stage);
  const issued = inStage("issued").map((request) => ({ request, worth: worth(request, issuanceRequest, now, usable) }));
  const resumed =
    issued.find(({ worth }) => worth === "usable")?.request ?? inStage("approved")[0] ?? inStage("pending")[0];
  // Nobody was there to be told when it was denied, so this run tells.
  const denied = approval.timeoutSeconds === 0 ? inStage("denied").find(({ name }) => name !== answered) : undefined;
  // What was declared in a manifest goes by another name, and is not ours to delete.
  const superseded = issued
    .filter(({ request, worth }) => worth === "used up" && isSubmitted(request.name))
    .map(({ request }) => request);
  return { resumed: resumed ?? denied, superseded };
}

/**
 * The certificate that a request brought, which has to be what the request asked for, and no more than we would ask for.
 *
 * @throws KubernetesUserError `certificate-mismatch`
 */
export function acceptCertificate(
  { certificate, spec }: RequestObject,
  issuanceRequest: IssuanceRequest,
): AcceptedCertificate {
  const longest = issuanceRequest.limit?.expirationSeconds ?? issuanceRequest.expirationSeconds;
  const expirationSeconds = Math.min(spec.expirationSeconds ?? longest, longest);
  return checkCertificate(certificate, { ...issuanceRequest, expirationSeconds });
}

/** What an issued request is worth. A wrong certificate is left to whoever looks for the reason. */
function worth(
  request: RequestObject,
  issuanceRequest: IssuanceRequest,
  now: number,
  usable: Wanted["usable"],
): "usable" | "used up" | "wrong" {
  try {
    const { facts } = acceptCertificate(request, issuanceRequest);
    // Before its time only by this machine's clock: it will be used once that is right, and another would be no better.
    return now < facts.notBefore || usable(facts) ? "usable" : "used up";
  } catch {
    return "wrong";
  }
}

/**
 * Whether a request is what we would submit now. With an end of access, what is asked for shrinks as time goes by: an
 * earlier request will do as long as a certificate that is signed now would end in time. One that leaves its lifetime
 * to the signer is bounded by nothing, and never ours.
 */
function isOurs(request: RequestObject, ours: RequestSpec, issuanceRequest: IssuanceRequest, now: number): boolean {
  if (request.deleting || request.owned) {
    // It may be gone, and another in its place, at any moment.
    return false;
  }
  if (issuanceRequest.limit === undefined) {
    return sameSpec(request.spec, ours);
  }
  const { expirationSeconds } = request.spec;
  if (expirationSeconds === undefined || !sameContent(request.spec, ours)) {
    return false;
  }
  const underWay = ["pending", "approved"].includes(requestStage(request));
  const inTime = !underWay || now + expirationSeconds * 1000 <= issuanceRequest.limit.accessUntil;
  return expirationSeconds <= issuanceRequest.limit.expirationSeconds && inTime;
}
