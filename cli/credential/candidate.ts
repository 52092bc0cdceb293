import { type KeyObject } from "node:crypto";
import { subjectOf } from "../../components/core/x509/certificate";
import { type CertificateChain, isChain, readChain } from "../../components/core/x509/certificate-chain";
import { extensionDifferences } from "../../components/core/x509/certificate-extensions";
import { describeList } from "../../components/core/options/validation-errors";
import { parseKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";
import { parseJson } from "../../components/core/text/json";
import { type PublishedCertificate, readPublished } from "../../components/core/rbac/published-certificate";
import { formatTime } from "../../components/core/time";

/** Clocks differ by less, in milliseconds; signers set the beginning back besides. */
const clockToleranceMs = 300_000;

/** A certificate that takes the place of the one that is stored. */
export interface Candidate {
  readonly chain: CertificateChain;
  /** From when on the next one may be there, in milliseconds since 1970; undefined when nobody said so. */
  readonly renewAfter: number | undefined;
}

/** What a source has: a newer certificate, the one that is stored already, or nothing that can be used. */
export type Finding =
  | { readonly kind: "newer"; readonly candidate: Candidate }
  | { readonly kind: "same"; readonly renewAfter: number | undefined }
  | { readonly kind: "none"; readonly why: string };

/** A source that has nothing to use, and why. */
export function none(why: string): Finding {
  return { kind: "none", why };
}

/** Certificates in the text of a source: PEM, a (Cluster)Role as JSON, or a kubeconfig without a key. */
export function certificatesIn(text: string): readonly PublishedCertificate[] {
  const trimmed = text.trimStart();
  if (trimmed.startsWith("-----BEGIN ")) {
    return [{ certificate: text, renewAfter: undefined }];
  }
  const published = trimmed.startsWith("{") ? readPublished(parseJson(text)) : undefined;
  return published === undefined ? certificatesOfUsers(text) : [published];
}

function certificatesOfUsers(text: string): readonly PublishedCertificate[] {
  try {
    return parseKubeconfig(text, "kubeconfig").users.flatMap(({ value }) => {
      const data = value["client-certificate-data"];
      return typeof data === "string"
        ? [{ certificate: Buffer.from(data, "base64").toString("latin1"), renewAfter: undefined }]
        : [];
    });
  } catch {
    return [];
  }
}

/**
 * Judges what a source has. Whatever it is, a certificate is used only with this key, for this user, as a client's, and
 * when it began later than the one that is stored, or ends later.
 *
 * @param now milliseconds since 1970, by the best clock that is known.
 */
export function judge(
  published: readonly PublishedCertificate[],
  current: { readonly chain: CertificateChain; readonly publicKey: KeyObject },
  now: number,
): Finding {
  const findings = published.map((one) => judgeOne(one, current, now));
  return (
    findings.find(({ kind }) => kind === "newer") ??
    findings.find(({ kind }) => kind === "same") ??
    findings[0] ??
    none("it has no certificate")
  );
}

function judgeOne(
  { certificate, renewAfter }: PublishedCertificate,
  current: { readonly chain: CertificateChain; readonly publicKey: KeyObject },
  now: number,
): Finding {
  const chain = readChain(certificate);
  if (chain === undefined) {
    return none("its content is not a PEM certificate");
  }
  if (chain.leaf.raw.equals(current.chain.leaf.raw)) {
    return { kind: "same", renewAfter };
  }
  const why = refusal(chain, current, now);
  return why === undefined ? { kind: "newer", candidate: { chain, renewAfter } } : none(why);
}

function refusal(
  { leaf, content, issuers }: CertificateChain,
  current: { readonly chain: CertificateChain; readonly publicKey: KeyObject },
  now: number,
): string | undefined {
  const [name, expected] = [leaf, current.chain.leaf].map((certificate) => subjectOf(certificate).commonNames);
  const [notBefore, notAfter] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  if (!leaf.publicKey.equals(current.publicKey)) {
    return "its certificate is for another key";
  }
  if (name === undefined || expected === undefined || name.length !== 1 || name[0] !== expected[0]) {
    return `its certificate is for the user ${describeList(name ?? [])}`;
  }
  const differences = [
    ...(leaf.ca ? ["it is a certificate authority's certificate."] : []),
    ...extensionDifferences(content),
    ...(isChain({ leaf, issuers }) ? [] : ["the certificates after it are not its issuers."]),
  ];
  if (differences.length > 0) {
    return `its certificate is not for clients: ${differences.join(" ").replace(/\.$/, "")}`;
  }
  // Accepted, it would be newer than every genuine one to come.
  if (!(notBefore <= now + clockToleranceMs)) {
    return `its certificate is valid only from ${formatTime(notBefore)}`;
  }
  if (!(now < notAfter)) {
    return `its certificate expired ${formatTime(notAfter)}`;
  }
  const { validFromDate, validToDate } = current.chain.leaf;
  // One that began earlier is better still when it outlasts this one: a lifetime may have been made shorter and long again.
  return notBefore > validFromDate.getTime() || notAfter > validToDate.getTime()
    ? undefined
    : "its certificate is older than this one";
}
