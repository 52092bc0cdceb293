import { type KeyObject, createHash } from "node:crypto";
import { readCertificates } from "./certificate-bundle";

/**
 * The fingerprint of a public key: `sha256:` and the hexadecimal SHA-256 of its SubjectPublicKeyInfo in DER, as kubeadm
 * has it in `--discovery-token-ca-cert-hash`. Two people can compare it over another channel.
 */
export function publicKeyFingerprint(key: KeyObject): string {
  return `sha256:${createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")}`;
}

/** The {@link publicKeyFingerprint} of each certificate in a PEM bundle; undefined when it is no such bundle. */
export function certificateFingerprints(pemBundle: string): readonly string[] | undefined {
  return readCertificates(pemBundle)?.map(({ publicKey }) => publicKeyFingerprint(publicKey));
}
