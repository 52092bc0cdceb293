import { keyInfoFingerprint } from "./public-key";
import { X509Certificate } from "node:crypto";
import { decodeBase64 } from "../text/base64";
import { decodePemBlocks, encodePem } from "./pem";

/** A block of a PEM text that every reader takes for a certificate. */
const certificateBlock =
  /^-----BEGIN CERTIFICATE-----\r?\n((?:[A-Za-z0-9+/=]+\r?\n)+)-----END CERTIFICATE-----[ \t]*\r?$/gm;

/**
 * The certificates of a PEM text, one at least; undefined when it holds other blocks, such as a private key, or blocks
 * that some readers pass over. Text may stand around the blocks, as many authorities' files have it.
 */
export function readCertificates(pem: string): readonly X509Certificate[] | undefined {
  const blocks = [...pem.matchAll(certificateBlock)].map(([, base64 = ""]) => decodeBase64(base64));
  if (blocks.length === 0 || blocks.length !== pem.split("-----BEGIN").length - 1) {
    return undefined;
  }
  try {
    return blocks.map((der) => new X509Certificate(der ?? ""));
  } catch {
    return undefined;
  }
}

/** The certificates of a PEM text as Go reads them: it passes over all else, and over those that it cannot read. PEM each. */
export function readableCertificates(text: string): string[] {
  return decodePemBlocks(text, "CERTIFICATE")
    .map((der) => encodePem(der, "CERTIFICATE"))
    .filter(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/**
 * The fingerprint of the public key of each certificate in a PEM bundle, as kubeadm has it in
 * `--discovery-token-ca-cert-hash`; undefined when it is no such bundle.
 */
export function certificateFingerprints(pemBundle: string): readonly string[] | undefined {
  // As the certificate has it: authorities may have keys of kinds that no client has.
  return readCertificates(pemBundle)?.map(({ publicKey }) =>
    keyInfoFingerprint(publicKey.export({ type: "spki", format: "der" })),
  );
}
