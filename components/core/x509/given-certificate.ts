import { readCertificates } from "./certificate-bundle";
import { type CertificateChain, readChain } from "./certificate-chain";
import { encodePem, longestText } from "./pem";

/** Says why a text is no certificate that somebody has. */
export class InvalidCertificate extends Error {}

/**
 * Reads the certificate that a person has, and the authorities' certificates behind it. Text may stand around the
 * blocks, as openssl writes it; other blocks may not: what is given is kept in the state, and a key would be there in
 * clear.
 *
 * @throws InvalidCertificate
 */
export function parseGivenCertificate(text: string): CertificateChain {
  if (text.includes("PRIVATE KEY")) {
    throw new InvalidCertificate("it holds a private key, which a state would show. Give the certificate alone");
  }
  if (text.length > longestText) {
    throw new InvalidCertificate(`it has ${text.length} characters, expected at most ${longestText}`);
  }
  const certificates = readCertificates(text);
  const chain =
    certificates === undefined
      ? undefined
      : readChain(certificates.map(({ raw }) => encodePem(raw, "CERTIFICATE")).join(""));
  if (chain === undefined) {
    throw new InvalidCertificate(
      'it is not one "BEGIN CERTIFICATE" block (X.509 version 3, DER), with the certificates of its issuers behind it or none',
    );
  }
  return chain;
}
