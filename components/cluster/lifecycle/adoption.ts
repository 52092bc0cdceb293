import { type AdoptedCertificate, adoptedCertificate, adoptionRefused } from "../../core/lifecycle/adoption";
import { type CertificateState } from "../../core/lifecycle/certificate-state";
import { type Adoption, type CertificateDeclaration } from "../../core/lifecycle/declaration";
import { nextRequest } from "../../core/lifecycle/next-request";
import { adoptedState } from "../../core/lifecycle/next-state";
import { leftRequest } from "../../core/lifecycle/reports";
import { KubernetesUserError, withoutCode } from "../../core/errors";
import { namespacesOf } from "../../core/rbac/grants";
import { withoutStop } from "../../core/text/sentence";
import { credentialIdOf } from "../../core/x509/certificate-summary";
import { formatTime } from "../../core/time";
import { clientAuthorities, clientCaReader, isSignedBy } from "../client-authorities";
import { ApiStatusError } from "../connection/api-error";
import { missingPermission } from "../forbidden";
import { subjectWord } from "../grant-commands";
import { type KubernetesClient } from "../kubernetes-client";
import { type NeededNamespaces } from "../namespaces";
import { identityDifference } from "../whoami";
import { type Trial, asUser } from "./verification";

const remedy =
  "Give a certificate that a client CA of this cluster has signed, or leave adopt out: then a new one is issued.";

/** What is to become of what. */
interface Adopting {
  readonly declared: CertificateDeclaration;
  /** What was there before: no certificate. */
  readonly old: CertificateState | undefined;
}

/** The cluster, as its administrator and as the user reaches it. */
interface AdoptionContext extends Trial {
  readonly client: KubernetesClient;
  readonly namespaces: NeededNamespaces;
}

/**
 * Takes over the certificate that the person has. Unlike one that was issued, nothing would be lost with it: it is not kept
 * before the cluster has accepted it, or its authority.
 *
 * @throws KubernetesUserError `adoption-refused`
 */
export async function adopt(
  adoption: Adoption,
  { declared, old }: Adopting,
  { client, namespaces, run, connect }: AdoptionContext,
): Promise<CertificateState> {
  const now = run.now();
  const request = nextRequest(declared, now);
  const adopted = adoptedCertificate(adoption, declared, now);
  await namespaces.require(client, declared.username, namespacesOf(declared.access));
  const { certificate, facts } = adopted;
  const { privateKey } = declared;
  const verified = declared.verify && privateKey !== undefined;
  if (verified) {
    const difference = await asUser({ ...declared, privateKey }, certificate, { connect, run }, identityDifference);
    if (difference !== undefined) {
      throw notAccepted(declared, difference);
    }
  } else {
    await requireClientAuthority(client, declared, adopted, now);
  }
  run.report(adoptedReport(adopted));
  const left = old === undefined ? undefined : leftRequest(old, "a certificate was adopted");
  if (left !== undefined) {
    run.report(left);
  }
  return adoptedState({ phase: "issued", certificate, facts }, { declared, request, old, now }, verified);
}

/**
 * That a cluster does not take the certificate for whom it should be.
 *
 * @param difference what the cluster said, in lines that go on a sentence.
 */
function notAccepted(
  declared: CertificateDeclaration,
  [first, ...more]: readonly [string, ...string[]],
): KubernetesUserError {
  return adoptionRefused(declared, [first, ...more].map(withoutCode).join(" "), remedy);
}

/**
 * Makes sure that an authority of the cluster has signed a certificate that nobody here has the key to, so that it cannot be
 * tried out. What cannot be found out counts as no.
 *
 * @throws KubernetesUserError `adoption-refused`; `forbidden`, with the right that is missing
 */
async function requireClientAuthority(
  client: KubernetesClient,
  declared: CertificateDeclaration,
  { chain: { leaf, issuers } }: AdoptedCertificate,
  now: number,
): Promise<void> {
  const authorities = await clientAuthorities(client);
  if (authorities instanceof ApiStatusError && authorities.statusCode === 403) {
    throw mayNotLook(client, authorities);
  }
  if (authorities === undefined || authorities instanceof ApiStatusError) {
    const answer = authorities === undefined ? "" : ` (${authorities.statusCode})`;
    throw adoptionRefused(
      declared,
      `without its private key it cannot be tried out, and the cluster does not say whose client certificates it accepts${answer}: ` +
        "ConfigMap extension-apiserver-authentication in kube-system has no client-ca-file.",
      "Leave adopt out: then a new one is issued.",
    );
  }
  const isValid = (one: typeof leaf): boolean => one.validFromDate.getTime() <= now && now < one.validToDate.getTime();
  const trusted = authorities.filter((authority) => authority.ca && isValid(authority));
  // The certificates behind it have signed one another: that was checked.
  const signed = [leaf, ...issuers].some((one) => trusted.some((authority) => isSignedBy(one, authority)));
  if (!signed || !issuers.every(isValid)) {
    throw adoptionRefused(
      declared,
      "no client CA of the cluster has signed it, or one that has is not valid now.",
      remedy,
    );
  }
}

function mayNotLook({ server }: KubernetesClient, { message }: ApiStatusError): KubernetesUserError {
  const user = subjectWord(missingPermission(message)?.user);
  return new KubernetesUserError("forbidden", [
    `adopt.certificate: ${server} answered 403: ${withoutStop(message)} (while trying to read the cluster's client CAs). ` +
      "Without the private key, the certificate is adopted only if one of them has signed it. " +
      'Missing: get on configmaps "extension-apiserver-authentication" in the namespace kube-system. Grant it with',
    `  kubectl create rolebinding kubernetes-user-client-cas --namespace=kube-system --role=${clientCaReader} --user=${user}`,
    "and run again, or leave adopt out: then a new certificate is issued.",
  ]);
}

/** That a certificate was adopted, with what somebody needs who finds it in the audit log. */
function adoptedReport({ certificate, facts }: AdoptedCertificate): string {
  return (
    `adopted certificate ${facts.serialNumber} (credential ${credentialIdOf(certificate)}), valid until ${formatTime(facts.notAfter)}: ` +
    "nothing was issued, and Kubernetes cannot revoke it"
  );
}
