import { CertificationRequest, CertificationRequestInfo, Attributes } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
} from "@peculiar/asn1-x509";
import { type KeyObject, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { type Identity } from "./identity";
import { decodePem, encodePem } from "./pem";

const commonName = "2.5.4.3";
const organization = "2.5.4.10";

/** PEM labels of a PKCS#10 request; the second is what older tools write. */
const labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/** The digest that goes with each signature algorithm; Ed25519 brings its own. */
const digests: Readonly<Record<string, string | undefined>> = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};
const ed25519 = "1.3.101.112";

/** The public key of a request or a certificate, in words that a policy can judge. */
export interface KeyDescription {
  /** `RSA`, `ECDSA` or `ED25519`; other keys keep the name that OpenSSL gives them, in capitals. */
  readonly algorithm: string;
  /** Bits of an RSA modulus or of an ECDSA curve's field; 256 for Ed25519. */
  readonly size: number;
}

/** What a PKCS#10 request says, after its signature has been checked. */
export interface ParsedRequest extends Identity {
  readonly publicKey: KeyObject;
  readonly key: KeyDescription;
  /** The request itself, without its PEM armour. */
  readonly der: Buffer;
}

/** Says why a text is no usable PKCS#10 request. */
export class InvalidRequest extends Error {}

/**
 * Reads a PEM PKCS#10 request (RFC 2986) and checks its signature, which proves that whoever made it holds the key.
 *
 * @throws InvalidRequest
 */
export function parseRequest(pem: string): ParsedRequest {
  // Also beside a request: what is given is kept in state and sent to the cluster.
  if (pem.includes("PRIVATE KEY")) {
    throw new InvalidRequest("it holds a private key, which must stay with its owner");
  }
  const der = decodePem(pem, labels);
  if (der === undefined) {
    throw new InvalidRequest(`it has no "BEGIN CERTIFICATE REQUEST" block`);
  }
  const { request, publicKey } = decode(der);
  if (!signatureHolds(request, publicKey)) {
    throw new InvalidRequest(
      "its signature does not match its public key: it was changed, cut, or signed with another algorithm",
    );
  }
  const subject = request.certificationRequestInfo.subject.flatMap((names) => [...names]);
  const values = (type: string): string[] =>
    subject.filter((name) => name.type === type).map((name) => name.value.toString());
  const [username, ...others] = values(commonName);
  if (username === undefined || others.length > 0) {
    throw new InvalidRequest(
      `its subject has ${others.length === 0 ? "no" : "more than one"} common name (CN), which is the user's name`,
    );
  }
  return { username, groups: values(organization), publicKey, key: describeKey(publicKey), der };
}

function decode(der: Buffer): { request: CertificationRequest; publicKey: KeyObject } {
  try {
    const request = AsnConvert.parse(der, CertificationRequest);
    const spki = AsnConvert.serialize(request.certificationRequestInfo.subjectPKInfo);
    return { request, publicKey: createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }) };
  } catch {
    throw new InvalidRequest("it is not the DER encoding of a PKCS#10 request");
  }
}

function signatureHolds(request: CertificationRequest, publicKey: KeyObject): boolean {
  const signed = request.certificationRequestInfoRaw;
  const algorithm = request.signatureAlgorithm.algorithm;
  const digest = digests[algorithm];
  if (signed === undefined || (digest === undefined && algorithm !== ed25519)) {
    return false;
  }
  try {
    return verify(digest, Buffer.from(signed), publicKey, Buffer.from(request.signature));
  } catch {
    return false;
  }
}

/** The algorithm and size of a public or private key. */
export function describeKey(key: KeyObject): KeyDescription {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return { algorithm: "RSA", size: details.modulusLength ?? 0 };
    case "ec":
      return { algorithm: "ECDSA", size: curveSizes[details.namedCurve ?? ""] ?? 0 };
    case "ed25519":
      return { algorithm: "ED25519", size: 256 };
    default:
      return { algorithm: (key.asymmetricKeyType ?? "unknown").toUpperCase(), size: 0 };
  }
}

/** OpenSSL's names of the NIST curves. */
const curveSizes: Readonly<Record<string, number | undefined>> = {
  secp224r1: 224,
  prime256v1: 256,
  secp384r1: 384,
  secp521r1: 521,
};

/**
 * Makes a PEM PKCS#10 request for a subject with any number of organizations.
 *
 * ECDSA signatures hold a random number: two requests for the same subject and key differ, so keep what this returns.
 *
 * @param privateKeyPem the key that the certificate will belong to; it signs the request and is not part of it.
 */
export function createRequest({ username, groups }: Identity, privateKeyPem: string): string {
  const privateKey = createPrivateKey(privateKeyPem);
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const subject = [...groups.map((group) => [organization, group] as const), [commonName, username] as const];
  const info = new CertificationRequestInfo({
    subject: new Name(subject.map(([type, value]) => new RelativeDistinguishedName([attribute(type, value)]))),
    subjectPKInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    attributes: new Attributes(),
  });
  const { algorithm, digest } = signatureAlgorithm(describeKey(privateKey));
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    signatureAlgorithm: algorithm,
    signature: toArrayBuffer(sign(digest, Buffer.from(AsnConvert.serialize(info)), privateKey)),
  });
  return encodePem(new Uint8Array(AsnConvert.serialize(request)), "CERTIFICATE REQUEST");
}

function attribute(type: string, value: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: value }) });
}

/** The digest as strong as the key, as openssl and Go choose it. */
function signatureAlgorithm({ algorithm, size }: KeyDescription): {
  algorithm: AlgorithmIdentifier;
  digest: string | undefined;
} {
  switch (algorithm) {
    case "RSA":
      // RFC 8017 wants NULL parameters for RSA, RFC 5758 none for ECDSA.
      return {
        algorithm: new AlgorithmIdentifier({ algorithm: "1.2.840.113549.1.1.11", parameters: null }),
        digest: "sha256",
      };
    case "ED25519":
      return { algorithm: new AlgorithmIdentifier({ algorithm: ed25519 }), digest: undefined };
    default: {
      const [oid, digest] =
        size <= 256
          ? ["1.2.840.10045.4.3.2", "sha256"]
          : size <= 384
            ? ["1.2.840.10045.4.3.3", "sha384"]
            : ["1.2.840.10045.4.3.4", "sha512"];
      return { algorithm: new AlgorithmIdentifier({ algorithm: oid }), digest };
    }
  }
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
