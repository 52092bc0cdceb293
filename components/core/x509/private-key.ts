import { type KeyObject, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { decodeOnlyPemBlock, longestText } from "./pem";
import { type KeyDescription, describeKey, keyRefusal } from "./public-key";

/** A private key that a client of Kubernetes can use. */
export interface PrivateKey {
  /** PKCS#8, PEM, made anew. Secret. */
  readonly pem: string;
  readonly publicKey: KeyObject;
  readonly key: KeyDescription;
}

/** Says why a text is no usable private key. It quotes nothing of it. */
export class InvalidPrivateKey extends Error {}

/** PEM labels of private keys, with what stands in such a block: PKCS#8, PKCS#1 and SEC 1. */
const blockTypes = [
  ["PRIVATE KEY", "pkcs8"],
  ["RSA PRIVATE KEY", "pkcs1"],
  ["EC PRIVATE KEY", "sec1"],
] as const;

/** openssl reads each of these, and writes one block. */
const rewrite = "Write the key alone into a file: (umask 077; openssl pkey -in FILE -out CLEAN)";

/**
 * Reads a private key of one PEM block: PKCS#8, PKCS#1 or SEC 1, without a passphrase.
 *
 * @throws InvalidPrivateKey
 */
export function parsePrivateKey(text: string): PrivateKey {
  const privateKey = decode(text);
  const refusal = keyRefusal(privateKey);
  const key = describeKey(privateKey);
  if (refusal !== undefined || key === undefined) {
    throw new InvalidPrivateKey(refusal ?? "its type is unknown");
  }
  const publicKey = createPublicKey(privateKey);
  if (!belongTogether(privateKey, publicKey, key)) {
    throw new InvalidPrivateKey("its public and its private half do not belong together. Use an undamaged copy");
  }
  return { pem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(), publicKey, key };
}

function decode(text: string): KeyObject {
  for (const [label, type] of blockTypes) {
    const der = decodeOnlyPemBlock(text, label);
    if (der !== undefined) {
      try {
        return createPrivateKey({ key: der, format: "der", type });
      } catch {
        // OpenSSL's reason could be about what stands in the key.
        throw new InvalidPrivateKey(`its "${label}" block cannot be read. Use an undamaged copy`);
      }
    }
  }
  throw new InvalidPrivateKey(pemRefusal(text));
}

/** Why a text is not one PEM block of a private key. */
function pemRefusal(text: string): string {
  if (text.length > longestText) {
    return `it has ${text.length} characters, expected at most ${longestText}`;
  }
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m.test(text)) {
    return `it is encrypted, and kubectl accepts no passphrase. ${rewrite}`;
  }
  if (text.includes("-----BEGIN OPENSSH PRIVATE KEY-----")) {
    return "it is an OpenSSH key, which is no key of a certificate";
  }
  const begins = text.match(/-----BEGIN /g)?.length ?? 0;
  if (begins > 1) {
    return `it has ${begins} PEM blocks, expected one. ${rewrite}`;
  }
  if (!blockTypes.some(([label]) => text.includes(`-----BEGIN ${label}-----`))) {
    return 'it has no "BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY" or "BEGIN EC PRIVATE KEY" block';
  }
  return `expected one PEM block in plain base64 and nothing else. ${rewrite}`;
}

/** A key file names its public half beside the private one, and nothing compares the two when it is read. */
function belongTogether(privateKey: KeyObject, publicKey: KeyObject, { algorithm }: KeyDescription): boolean {
  const [digest, text] = [algorithm === "ED25519" ? undefined : "sha256", Buffer.from("kubernetes-user")];
  try {
    return verify(digest, text, publicKey, sign(digest, text, privateKey));
  } catch {
    return false;
  }
}
