import { type KeyObject, createHash, createPublicKey } from "node:crypto";
import { type KeyAlgorithm } from "../options/private-key";

/** The public key of a request or a certificate, in words that a policy can judge. */
export interface KeyDescription {
  readonly algorithm: KeyAlgorithm;
  /** Bits of an RSA modulus or of an ECDSA curve's field; 256 for Ed25519. */
  readonly size: number;
}

/** Sizes of an RSA key, in bits: below, it can be factored; above, Go's TLS, which kube-apiserver uses, refuses it. */
const rsaBounds = { minimum: 2048, maximum: 8192 } as const;

/** Go takes no larger RSA exponent. */
const largestExponent = 2n ** 31n - 1n;

/** OpenSSL's names of the curves that TLS 1.3 knows. */
const curveSizes: Readonly<Record<string, number | undefined>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

/** Algorithm and size of a public or private key; undefined when no client of Kubernetes can use a key of its kind. */
export function describeKey(key: KeyObject): KeyDescription | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return modulusLength === undefined ? undefined : { algorithm: "RSA", size: modulusLength };
    case "ec": {
      const size = namedCurve === undefined ? undefined : curveSizes[namedCurve];
      return size === undefined ? undefined : { algorithm: "ECDSA", size };
    }
    case "ed25519":
      return { algorithm: "ED25519", size: 256 };
    default:
      return undefined;
  }
}

/** What is wrong with a public or private key for the certificate of a client of Kubernetes; undefined when nothing is. */
export function keyRefusal(key: KeyObject): string | undefined {
  const description = describeKey(key);
  const { namedCurve, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (description === undefined) {
    const kind = (key.asymmetricKeyType ?? "unknown").toUpperCase();
    return (
      `it has a key of type ${kind}${namedCurve === undefined ? "" : ` on ${namedCurve}`}, which no Kubernetes client can use. ` +
      "Use RSA, ECDSA on P-256, P-384 or P-521, or Ed25519"
    );
  }
  if (description.algorithm !== "RSA") {
    return undefined;
  }
  if (!(description.size >= rsaBounds.minimum && description.size <= rsaBounds.maximum)) {
    return `it is an RSA key of ${description.size} bits, expected ${rsaBounds.minimum} to ${rsaBounds.maximum}`;
  }
  // A signature with the exponent 1 proves nothing, and with an even one there is none.
  const usable = publicExponent !== undefined && publicExponent >= 3n && publicExponent <= largestExponent;
  return usable && publicExponent % 2n === 1n
    ? undefined
    : `it is an RSA key with the exponent ${String(publicExponent)}, expected an odd one of 3 to ${largestExponent}`;
}

/**
 * The SHA-256 of a public key, to be compared over another channel: `sha256:` and 64 lower-case hexadecimal digits of
 * the DER SubjectPublicKeyInfo, as kubeadm writes `--discovery-token-ca-cert-hash`.
 *
 * `openssl pkey -pubin -outform DER | sha256sum` says the same of it.
 */
export function publicKeyFingerprint(key: KeyObject): string {
  return keyInfoFingerprint(canonicalPublicKey(key));
}

/** The same of a DER SubjectPublicKeyInfo. */
export function keyInfoFingerprint(der: Buffer): string {
  return `sha256:${createHash("sha256").update(der).digest("hex")}`;
}

/** The one DER SubjectPublicKeyInfo of a key that {@link keyRefusal} passes: a named curve, an uncompressed point. */
export function canonicalPublicKey(key: KeyObject): Buffer {
  // What was read from DER is written as it came, what was read from a JSON Web Key has one form only.
  const jwk = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  return createPublicKey({ key: jwk, format: "jwk" }).export({ format: "der", type: "spki" });
}
