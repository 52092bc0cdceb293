import { AsnConvert } from "@peculiar/asn1-schema";
import { type KeyObject, type X509Certificate } from "node:crypto";
import { type CertificateChain, isChain, readChain } from "./certificate-chain";
import { extensionDifferences } from "./certificate-extensions";
import { describe, describeList } from "../options/validation-errors";
import { readSubject } from "./distinguished-name";
import { KubernetesUserError } from "../errors";
import { type Identity, sameNames } from "../options/identity";
import { type ExpectedCertificate } from "../csr/issuance-request";
import { type Validity } from "../options/lifetime";
import { formatSeconds, formatTime, secondsBetween } from "../time";

/** Signers set notBefore back (kube-controller-manager by 5 minutes) so that clocks may differ a little. */
const backdatingSeconds = 600;

/** A certificate's facts that outlive it in the state of a stack. */
export interface CertificateFacts extends Validity {
  /** As openssl prints it: hexadecimal capitals. */
  readonly serialNumber: string;
}

/** A certificate that is what was asked for. */
export interface AcceptedCertificate {
  /** PEM, with the authorities' certificates behind it, if the signer added any. */
  readonly certificate: string;
  readonly facts: CertificateFacts;
}

/** Serial number and validity of a PEM certificate. */
export function certificateFacts(pem: string): CertificateFacts {
  return factsOf(readCertificate(pem));
}

/**
 * Reads a PEM certificate; the user's own, when it is a chain.
 *
 * @throws KubernetesUserError `certificate-mismatch`
 */
export function readCertificate(pem: string): X509Certificate {
  return read(pem).leaf;
}

function read(pem: string | undefined): CertificateChain {
  const chain = pem === undefined ? undefined : readChain(pem);
  if (chain === undefined) {
    throw new KubernetesUserError(
      "certificate-mismatch",
      "The signer's answer is not a PEM certificate (X.509 version 3, DER). Ask the signer's owner.",
    );
  }
  return chain;
}

/** Serial number and validity of a certificate. */
export function factsOf({ serialNumber, validFromDate, validToDate }: X509Certificate): CertificateFacts {
  return { serialNumber, notBefore: validFromDate.getTime(), notAfter: validToDate.getTime() };
}

/**
 * Makes sure that a signer issued what was asked for: this key, this user, these groups, for a client and nothing else,
 * and not for longer than asked. A certificate that differs must never be used, whoever signed it.
 *
 * @throws KubernetesUserError `certificate-mismatch`, with everything that differs.
 */
export function checkCertificate(pem: string | undefined, expected: ExpectedCertificate): AcceptedCertificate {
  const chain = read(pem);
  const { publicKey } = expected.request;
  const differences = certificateDifferences(chain, { ...expected, publicKey });
  if (differences.length > 0) {
    throw new KubernetesUserError(
      "certificate-mismatch",
      `The certificate that signer ${expected.signerName} issued for ${describe(expected.username)} differs from the request: ` +
        `${differences.join(" ")} It was not stored. Compare the clocks of this machine and of the control plane, and ask the signer's owner.`,
    );
  }
  return { certificate: chain.pem, facts: factsOf(chain.leaf) };
}

/** What a certificate has to be, wherever it comes from. */
export interface ExpectedContent extends Pick<ExpectedCertificate, "username" | "groups" | "limit"> {
  /** Undefined while it is not known. */
  readonly publicKey: KeyObject | undefined;
  /** Lifetime that it may have, in seconds; undefined when it may have any. */
  readonly expirationSeconds: number | undefined;
}

/** In what a certificate is not the one of this key, this user and these groups, for a client alone: one sentence each. */
export function certificateDifferences(chain: CertificateChain, expected: ExpectedContent): string[] {
  const { publicKey } = expected;
  return [
    ...subjectDifferences(chain, expected),
    ...validityDifferences(factsOf(chain.leaf), expected),
    ...(publicKey === undefined || chain.leaf.publicKey.equals(publicKey) ? [] : ["it is for another public key."]),
    ...(chain.leaf.ca ? ["it is a certificate authority's certificate."] : []),
    ...extensionDifferences(chain.content),
    ...(isChain(chain) ? [] : ["the certificates after it are not its issuers."]),
  ];
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
          `is valid only from ${formatTime(notBefore)}, but this machine's clock says ${formatTime(now)}: it is at least ${formatSeconds(secondsBetween(now, notBefore))} behind the signer's`,
          `Set the clock and run again, which takes the same certificate. If the signer's clock was wrong: "kubectl delete csr ${csrName}"`,
        ]
      : [
          `expired ${formatTime(notAfter)}, but this machine's clock says ${formatTime(now)}: it is ahead of the signer's, or the certificate came too late`,
          "Set the clock, or request a longer lifetime, and run again, which submits a new request",
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

function subjectDifferences({ content, subject }: CertificateChain, { username, groups }: Identity): string[] {
  const { commonNames, organizations, refusals, name } = readSubject(content.subject);
  const differences = refusals.map((refusal) => `${refusal}.`);
  if (commonNames.length !== 1 || commonNames[0] !== username) {
    differences.push(`its CN is ${commonNames.map(describe).join(", ") || "missing"}.`);
  }
  if (!sameNames(organizations, groups)) {
    differences.push(`its O values are ${describeList(organizations)}, expected ${describeList(groups)}.`);
  }
  if (!Buffer.from(AsnConvert.serialize(name)).equals(subject)) {
    differences.push("its subject is not in canonical DER.");
  }
  return differences;
}

/** Written so that a time that is no number breaks every rule. */
function validityDifferences(
  { notBefore, notAfter }: Validity,
  { expirationSeconds, limit }: Pick<ExpectedContent, "expirationSeconds" | "limit">,
): string[] {
  if (!(notBefore < notAfter)) {
    return ["its validity is wrong: it ends before it begins, or a time cannot be read."];
  }
  const differences: string[] = [];
  if (limit !== undefined && !(notAfter <= limit.accessUntil)) {
    differences.push(`it ends ${formatTime(notAfter)}, after accessUntil (${formatTime(limit.accessUntil)}).`);
  }
  if (expirationSeconds !== undefined && livesLonger({ notBefore, notAfter }, expirationSeconds)) {
    differences.push(
      `it is valid for ${formatSeconds(secondsBetween(notBefore, notAfter))}, longer than the requested ${formatSeconds(expirationSeconds)}.`,
    );
  }
  return differences;
}

/** Whether a certificate's lifetime exceeds so many seconds, by more than signers set its beginning back. */
export function livesLonger({ notBefore, notAfter }: Validity, seconds: number): boolean {
  return !(secondsBetween(notBefore, notAfter) <= seconds + backdatingSeconds);
}

/** Values of one attribute. `subject` as text cannot tell a line break in a value from the next attribute. */
function subjectValues(certificate: X509Certificate, attribute: "CN" | "O"): string[] {
  const subject: Readonly<Record<string, unknown>> = { ...certificate.toLegacyObject().subject };
  const value = subject[attribute];
  return (Array.isArray(value) ? value : [value]).filter((element) => typeof element === "string");
}
