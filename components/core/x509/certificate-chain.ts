import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate, type TBSCertificate } from "@peculiar/asn1-x509";
import { X509Certificate } from "node:crypto";
import { derContent, derElements } from "./der";
import { decodePemBlocks, encodePem } from "./pem";

/** Longer chains are none. */
const maximumLength = 10;

/** What a signer left as a request's certificate, read once. */
export interface CertificateChain {
  /** The certificate of the user. */
  readonly leaf: X509Certificate;
  /** The same, with what node:crypto does not tell. */
  readonly content: TBSCertificate;
  /** The DER encoding of the user's certificate's subject. */
  readonly subject: Buffer;
  /** What stands behind it, in order: each has signed the one before. */
  readonly issuers: readonly X509Certificate[];
  /** All of them in PEM, made anew: whoever reads this finds the certificates that are checked here. */
  readonly pem: string;
}

/**
 * Reads a PEM certificate and what follows it. Kubernetes allows text around the blocks, and programs disagree on which
 * blocks there are in some texts, so only what is read here goes on.
 *
 * @returns undefined when there is none, or when one is not in DER.
 */
export function readChain(text: string): CertificateChain | undefined {
  try {
    const blocks = decodePemBlocks(text, "CERTIFICATE");
    const [leaf, ...issuers] = blocks.map((der) => new X509Certificate(der));
    const [der] = blocks;
    if (leaf === undefined || der === undefined || blocks.length > maximumLength) {
      return undefined;
    }
    return {
      leaf,
      content: AsnConvert.parse(der, Certificate).tbsCertificate,
      subject: subjectOf(der),
      issuers,
      pem: blocks.map((block) => encodePem(block, "CERTIFICATE")).join(""),
    };
  } catch {
    return undefined;
  }
}

/** Whether each certificate behind the first is an authority's that has signed the one before. */
export function isChain({ leaf, issuers }: Pick<CertificateChain, "leaf" | "issuers">): boolean {
  return issuers.every((issuer, index) => {
    const issued = issuers[index - 1] ?? leaf;
    return issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
  });
}

/** Certificate ::= SEQUENCE { SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, … }, … } */
function subjectOf(der: Buffer): Buffer {
  const [certificate, ...trailing] = derElements(der);
  const [content] = derElements(derContent(certificate ?? Buffer.alloc(0)));
  const fields = derElements(derContent(content ?? Buffer.alloc(0)));
  const subject = fields[5];
  // One of version 1 has no version and no purpose. It is refused for both: another field stands in this place.
  if (trailing.length > 0 || subject === undefined) {
    throw new RangeError("expected the DER encoding of one X.509 certificate");
  }
  return subject;
}
