import { createHash } from "node:crypto";
import { certificateFacts, readCertificate, subjectOf } from "./certificate";
import { describeList } from "../options/validation-errors";
import { type Identity } from "../options/identity";
import { formatTime, parseTime } from "../time";

/** What people need to recognise a certificate by. */
export interface CertificateSummary extends Identity {
  readonly serialNumber: string;
  readonly credentialId: string;
  /** RFC 3339. */
  readonly notAfter: string;
}

/**
 * How kube-apiserver names a certificate in `kubectl auth whoami` and in audit logs.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
 */
export function credentialIdOf(certificate: string): string {
  return `X509SHA256=${createHash("sha256").update(readCertificate(certificate).raw).digest("hex")}`;
}

/** A PEM certificate in a few words. */
export function summaryOf(certificate: string): CertificateSummary {
  const { commonNames, organizations } = subjectOf(readCertificate(certificate));
  const { serialNumber, notAfter } = certificateFacts(certificate);
  return {
    username: commonNames.join(", "),
    groups: organizations,
    serialNumber,
    credentialId: credentialIdOf(certificate),
    notAfter: formatTime(notAfter),
  };
}

/** Those of `summaries` whose certificates are valid still. */
export function stillValid(summaries: readonly CertificateSummary[], now: number): CertificateSummary[] {
  return summaries.filter(({ notAfter }) => now < (parseTime(notAfter) ?? 0));
}

/**
 * That a certificate which is not used any more is valid still, with all that somebody needs who has to act on it. What
 * others have bound to its names nobody has looked up.
 *
 * @param fate what has become of it.
 */
export function lingering(
  { serialNumber, credentialId, groups, notAfter }: CertificateSummary,
  fate = "is replaced or removed",
): string {
  const carried = groups.length === 0 ? "no groups" : `the groups ${describeList(groups)}`;
  const names = groups.length === 0 ? "its username" : "its username or groups";
  return (
    `certificate ${serialNumber} (credential ${credentialId}) ${fate}, and stays valid until ${notAfter}: ` +
    `Kubernetes cannot revoke it. Until then anyone with its key can log in, with ${carried}. Other bindings to ${names}, if there are any, still hold`
  );
}
