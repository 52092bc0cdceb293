import { X509Certificate } from "node:crypto";
import { parseRequest } from "./certification-request";
import { describe, describeList } from "./checks";
import { KubernetesUserError } from "./errors";
import { type Identity, sameNames } from "./identity";
import { type Issue } from "./issue";
import { type Validity } from "./lifetime";
import { formatSeconds, formatTime, secondsBetween } from "./time";

/** Extended key usage of a TLS client (RFC 5280, section 4.2.1.12). */
const clientAuth = "1.3.6.1.5.5.7.3.2";

/** Signers set notBefore back (kube-controller-manager by 5 minutes) so that clocks may differ a little. */
const backdatingSeconds = 600;

/** A certificate's facts that outlive it in the state of a stack. */
export interface CertificateFacts extends Validity {
  /** As openssl prints it: hexadecimal capitals. */
  readonly serialNumber: string;
}

/** Reads a PEM certificate; the first one, when it is a chain. */
export function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new KubernetesUserError(
      "certificate-mismatch",
      "The signer's answer is not a PEM certificate. Ask the signer's owner.",
    );
  }
}

/** Serial number and validity of a PEM certificate. */
export function certificateFacts(pem: string): CertificateFacts {
  const certificate = readCertificate(pem);
  return {
    serialNumber: certificate.serialNumber,
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  };
}

/**
 * Makes sure that a signer issued what was asked for: this key, this user, these groups, for a client, and not for
 * longer than asked. A certificate that differs must never be used, whoever signed it.
 *
 * @throws KubernetesUserError `certificate-mismatch`, with everything that differs.
 */
export function checkCertificate(pem: string, issue: Issue): CertificateFacts {
  const certificate = readCertificate(pem);
  const facts = certificateFacts(pem);
  const differences = [...subjectDifferences(certificate, issue), ...validityDifferences(facts, issue)];
  if (!certificate.publicKey.equals(parseRequest(issue.request).publicKey)) {
    differences.push("it is for another public key.");
  }
  if (certificate.ca) {
    differences.push("it is a certificate authority's.");
  }
  if (!extendedKeyUsages(certificate).includes(clientAuth)) {
    differences.push("its extended key usage has no clientAuth.");
  }
  if (differences.length > 0) {
    throw new KubernetesUserError(
      "certificate-mismatch",
      `The certificate that signer ${issue.signerName} issued for ${describe(issue.username)} is not what was asked for: ` +
        `${differences.join(" ")} It was not stored. Compare the clocks of this machine and of the control plane, and ask the signer's owner.`,
    );
  }
  return facts;
}

/**
 * Makes sure that a certificate which has just come is valid now. If not, one of the two clocks is wrong.
 *
 * @param csrName the request that it came by.
 * @throws KubernetesUserError `clock-skew`
 */
export function checkClock(
  { notBefore, notAfter }: Validity,
  { username }: Identity,
  csrName: string,
  now: number,
): void {
  if (notBefore <= now && now < notAfter) {
    return;
  }
  const [what, remedy] =
    now < notBefore
      ? [
          `is valid only from ${formatTime(notBefore)}, and this machine's clock says ${formatTime(now)}: it is ${formatSeconds(secondsBetween(now, notBefore))} behind the signer's, or more`,
          `Set the clock and run again, which takes the same certificate. If it is the signer's clock that was wrong: kubectl delete csr ${csrName}`,
        ]
      : [
          `expired ${formatTime(notAfter)}, and this machine's clock says ${formatTime(now)}: it is ahead of the signer's, or the certificate came too late`,
          "Set the clock, or ask for a longer lifetime, and run again, which asks anew",
        ];
  throw new KubernetesUserError(
    "clock-skew",
    `The certificate of ${describe(username)} ${what}. It was not stored. ${remedy}.`,
  );
}

/** The common names (CN) and organizations (O) of a certificate's subject. */
export function subjectOf(certificate: X509Certificate): { commonNames: string[]; organizations: string[] } {
  return { commonNames: subjectValues(certificate, "CN"), organizations: subjectValues(certificate, "O") };
}

function subjectDifferences(certificate: X509Certificate, issue: Issue): string[] {
  const differences: string[] = [];
  const { commonNames, organizations } = subjectOf(certificate);
  if (commonNames.length !== 1 || commonNames[0] !== issue.username) {
    differences.push(`its CN is ${commonNames.map(describe).join(", ") || "missing"}.`);
  }
  if (!sameNames(organizations, issue.groups)) {
    differences.push(`its O values are ${describeList(organizations)}, expected ${describeList(issue.groups)}.`);
  }
  return differences;
}

function validityDifferences({ notBefore, notAfter }: Validity, issue: Issue): string[] {
  const differences: string[] = [];
  if (issue.limit !== undefined && notAfter > issue.limit.accessUntil) {
    differences.push(`it ends ${formatTime(notAfter)}, after accessUntil (${formatTime(issue.limit.accessUntil)}).`);
  }
  const lifetime = secondsBetween(notBefore, notAfter);
  if (lifetime > issue.expirationSeconds + backdatingSeconds) {
    differences.push(
      `it lives ${formatSeconds(lifetime)}, longer than the ${formatSeconds(issue.expirationSeconds)} asked for.`,
    );
  }
  return differences;
}

/** Node's types promise a list, but a certificate without the extension has none. */
function extendedKeyUsages(certificate: { readonly keyUsage: readonly string[] | undefined }): readonly string[] {
  return certificate.keyUsage ?? [];
}

/** Values of one attribute. `subject` as text cannot tell a line break in a value from the next attribute. */
function subjectValues(certificate: X509Certificate, attribute: "CN" | "O"): string[] {
  const subject: Readonly<Record<string, unknown>> = { ...certificate.toLegacyObject().subject };
  const value = subject[attribute];
  return (Array.isArray(value) ? value : [value]).filter((element) => typeof element === "string");
}
