import { type ExpectedCertificate } from "../../core/csr/issuance-request";
import { TimeLimit } from "../connection/time-limit";
import { type RunContext } from "../kubernetes-client";
import { type CertificateRequests } from "./certificate-requests";
import { type AfterDenial, deleted, denied, failed, interrupted, notIssued, replaced } from "./issuance-messages";
import { type RequestObject, requestStage, sameSpec } from "./request-object";

/** A request on its way to a certificate. */
export interface Waiting {
  readonly requests: CertificateRequests;
  readonly issuanceRequest: ExpectedCertificate;
  /** The request that we know. */
  readonly request: RequestObject;
  /** Who asks again when it is denied, for the error. */
  readonly afterDenial: AfterDenial;
}

/**
 * Waits until the signer has issued an approved request. It approves nothing; a denial or a failure ends it at once.
 *
 * @param timeoutSeconds how long the signer may take.
 * @param seen the request as it was last seen, if that was in this run: then it is not read once more.
 * @throws KubernetesUserError `issuance-timeout`, `request-denied`, `request-failed`, `request-mismatch`, `aborted`
 */
export async function waitForCertificate(
  waiting: Waiting,
  timeoutSeconds: number,
  run: RunContext,
  seen?: RequestObject,
): Promise<RequestObject> {
  const { issuanceRequest, request, requests } = waiting;
  const limit = new TimeLimit(timeoutSeconds);
  try {
    const signal = AbortSignal.any([limit.signal, run.signal]);
    for await (const current of requests.follow(seen ?? request.name, signal)) {
      const ours = requireOurs(current, waiting);
      if (requestStage(ours) === "issued") {
        return ours;
      }
    }
  } finally {
    limit.lift();
  }
  throw run.signal.aborted ? interrupted(request.name) : notIssued(issuanceRequest, request.name, timeoutSeconds);
}

/** One state of the request, which must be the one that we know, and neither denied nor failed. */
export function requireOurs(
  current: RequestObject | undefined,
  { issuanceRequest, request, afterDenial }: Waiting,
): RequestObject {
  if (current === undefined) {
    throw deleted(request.name);
  }
  if (!sameSpec(current.spec, request.spec)) {
    throw replaced(request.name);
  }
  switch (requestStage(current)) {
    case "denied":
      throw denied(issuanceRequest, current, afterDenial);
    case "failed":
      throw failed(issuanceRequest, current);
    case "pending":
    case "approved":
    case "issued":
      return current;
  }
}
