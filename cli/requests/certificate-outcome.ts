import { type CertificateRequests } from "../../components/cluster/certificate-requests";
import { waitForCertificate } from "../../components/cluster/certificate-wait";
import { type Surroundings } from "../../components/cluster/conversation";
import { type RequestObject } from "../../components/cluster/request-object";
import { checkCertificate, checkClock } from "../../components/core/certificate";
import { KubernetesUserError } from "../../components/core/errors";
import { type ExpectedCertificate } from "../../components/core/issue";
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
  issue: ExpectedCertificate,
  issuanceTimeoutSeconds: number,
  surroundings: Surroundings,
): Promise<CheckedCertificate> {
  // Manual: what has been approved is never approved again.
  const approval = { mode: "manual", timeoutSeconds: 0, issuanceTimeoutSeconds } as const;
  const issued = await waitForCertificate({ requests, issue, approval, approvers: undefined, request }, surroundings);
  return checkedCertificate(issued, issue, surroundings.now());
}

/** The certificate of a request, checked. */
export function checkedCertificate(
  { certificate, name }: RequestObject,
  issue: ExpectedCertificate,
  now: number,
): CheckedCertificate {
  const accepted = checkCertificate(certificate, issue);
  checkClock(accepted.facts, issue, name, now);
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
