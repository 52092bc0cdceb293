import { parseRequest } from "../csr/certification-request";
import { KubernetesUserError } from "../errors";
import { renewalReason } from "../options/lifetime";
import { describe, describeList, notYetKnown } from "../options/validation-errors";
import { formatSeconds, formatTime, secondsBetween, timeOf } from "../time";
import { type AcceptedCertificate, certificateDifferences, factsOf, livesLonger } from "../x509/certificate";
import { type CertificateChain } from "../x509/certificate-chain";
import { parseGivenCertificate } from "../x509/given-certificate";
import { type Adoption, type CertificateDeclaration, type PartlyKnown, ifKnown } from "./declaration";

/** What decides on an adoption, as far as it is known. */
type Judged = Pick<CertificateDeclaration, "username" | "groups"> &
  PartlyKnown<Pick<CertificateDeclaration, "request" | "renewBeforeSeconds" | "accessUntil">>;

/** A certificate that may be adopted, with all that was read of it. */
export interface AdoptedCertificate extends AcceptedCertificate {
  readonly chain: CertificateChain;
}

/** Checks what a declaration adopts, if it adopts something and a preview knows enough of it. */
export function checkAdoption(declared: PartlyKnown<CertificateDeclaration>, now: number): void {
  const { adopt, username, groups } = declared;
  if (adopt !== undefined && adopt !== notYetKnown && username !== notYetKnown && groups !== notYetKnown) {
    adoptedCertificate(adopt, { ...declared, username, groups }, now);
  }
}

/**
 * The certificate that is adopted, which has to be what would be issued now: for the same key, user and groups, for a
 * client and nothing else. It has to be valid, and not due for renewal.
 *
 * @throws KubernetesUserError `adoption-refused`, with everything that differs.
 */
export function adoptedCertificate(
  adopt: Adoption,
  { username, groups, request, renewBeforeSeconds, accessUntil }: Judged,
  now: number,
): AdoptedCertificate {
  const chain = parseGivenCertificate(adopt.certificate);
  const facts = factsOf(chain.leaf);
  const publicKey = request === notYetKnown ? undefined : parseRequest(request).publicKey;
  const end = ifKnown(accessUntil);
  const limit = end === undefined ? {} : { limit: { accessUntil: timeOf(end) } };
  const due = renewalReason(facts, ifKnown(renewBeforeSeconds), now);
  const { maxExpirationSeconds: longest } = adopt;
  const differences = [
    ...certificateDifferences(chain, { username, groups, publicKey, expirationSeconds: undefined, ...limit }),
    ...(longest === undefined || !livesLonger(facts, longest)
      ? []
      : [
          `it is valid for ${formatSeconds(secondsBetween(facts.notBefore, facts.notAfter))}, longer than the ` +
            `${formatSeconds(longest)} of approval.policy (maxExpirationSeconds).`,
        ]),
    ...(facts.notBefore <= now
      ? []
      : [
          `it is valid only from ${formatTime(facts.notBefore)}, and it is ${formatTime(now)} by this machine's clock.`,
        ]),
    ...(due === undefined ? [] : [`it ${due}.`]),
  ];
  if (differences.length > 0) {
    throw adoptionRefused(
      { username, groups },
      `it is not what would be issued: ${differences.join(" ")}`,
      due === undefined
        ? "Give the certificate that fits, change what is declared, or leave adopt out: then a new one is issued."
        : "Leave adopt out: then a new one is issued. One that is only due may be adopted with a smaller renewBeforeSeconds.",
    );
  }
  return { certificate: chain.pem, facts, chain };
}

/** That a certificate is not adopted, why, and what to do. */
export function adoptionRefused(
  { username, groups }: Pick<CertificateDeclaration, "username" | "groups">,
  why: string,
  remedy: string,
): KubernetesUserError {
  return new KubernetesUserError(
    "adoption-refused",
    `adopt.certificate: the certificate of ${describe(username)} (groups: ${describeList(groups)}) cannot be adopted: ${why} ` +
      `Nothing was issued, and no access was given. ${remedy}`,
  );
}
