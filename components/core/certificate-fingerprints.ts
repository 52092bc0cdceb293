import { readCertificates } from "./certificate-bundle";
import { keyInfoFingerprint } from "./public-key";

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
