import { type CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { waitForCertificate } from "../../components/cluster/issuance/certificate-wait";
import { type RunContext } from "../../components/cluster/kubernetes-client";
import { type RequestObject } from "../../components/cluster/issuance/request-object";
import { checkCertificate, checkClock } from "../../components/core/x509/certificate";
import { KubernetesUserError } from "../../components/core/errors";
import { type ExpectedCertificate } from "../../components/core/csr/issuance-request";
import { formatTime } from "../../components/core/time";

/** A certificate that is what its request asked for. */
export interface CheckedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** RFC 3339. */
  readonly notAfter: string;
}

/** Waits for the certificate of a request that is approved, and checks it. */
export async function awaitCertificate(
  requests: CertificateRequests,
  request: RequestObject,
  issuanceRequest: ExpectedCertificate,
  issuanceTimeoutSeconds: number,
  run: RunContext,
): Promise<CheckedCertificate> {
  const waiting = { requests, issuanceRequest, request, afterDenial: "another request" } as const;
  const issued = await waitForCertificate(waiting, issuanceTimeoutSeconds, run);
  return checkedCertificate(issued, issuanceRequest, run.now());
}

/** The certificate of a request, checked. */
export function checkedCertificate(
  { certificate, name }: RequestObject,
  issuanceRequest: ExpectedCertificate,
  now: number,
): CheckedCertificate {
  const accepted = checkCertificate(certificate, issuanceRequest);
  checkClock(accepted.facts, issuanceRequest, name, now);
  return { certificate: accepted.certificate, notAfter: formatTime(accepted.facts.notAfter) };
}

/** What an error of one request says, when it is about that request alone; others are thrown on, for they end the run. */
export function ownFailure(error: unknown): KubernetesUserError {
  const own = [
    "request-denied",
    "request-failed",
    "request-mismatch",
    "certificate-mismatch",
    "clock-skew",
    "issuance-timeout",
  ];
  if (error instanceof KubernetesUserError && own.includes(error.code)) {
    return error;
  }
  throw error;
}
