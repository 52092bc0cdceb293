import { parseRequest } from "../csr/certification-request";
import { type IssuanceRequest, issuanceRequestOf, requireIdentity } from "../csr/issuance-request";
import { KubernetesUserError } from "../errors";
import { lifetimeToRequest } from "../options/lifetime";
import { timeOf } from "../time";
import { type CertificateDeclaration } from "./declaration";

/** What is asked of a signer for a declaration, now: with an end of access, less as that comes nearer. */
export function nextRequest(declared: CertificateDeclaration, now: number): IssuanceRequest {
  const { signerName, expirationSeconds, accessUntil, approvalMode } = declared;
  const request = parseRequest(declared.request);
  requireIdentity(request, declared);
  const wanted = issuanceRequestOf(request, { signerName, expirationSeconds });
  if (accessUntil === undefined) {
    return wanted;
  }
  const end = timeOf(accessUntil);
  const lifetime = lifetimeToRequest(expirationSeconds, end, now, approvalMode === "manual");
  if (lifetime === undefined) {
    const when = end <= now ? "is past" : "is about 10 minutes ahead or less, and Kubernetes issues nothing shorter";
    throw new KubernetesUserError(
      "access-ended",
      `accessUntil: ${accessUntil} ${when}. Nothing was issued. Set a later time, or remove the user.`,
    );
  }
  return { ...wanted, expirationSeconds: lifetime, limit: { accessUntil: end, expirationSeconds } };
}
