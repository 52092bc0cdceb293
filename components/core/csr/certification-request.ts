import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, type Name, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import { type KeyObject, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { type Subject, readSubject, subjectName } from "../x509/distinguished-name";
import { type Identity } from "../options/identity";
import { decodeOnlyPemBlock, encodePem } from "../x509/pem";
import {
  type KeyDescription,
  canonicalPublicKey,
  describeKey,
  keyRefusal,
  publicKeyFingerprint,
} from "../x509/public-key";
import { attributeRefusals, pemRefusal, requestLabel, subjectRefusals } from "./request-refusals";

/** What a PKCS#10 request says, after every check. Made once, at the edge, and passed on: nobody reads it again. */
export interface ParsedRequest extends Identity {
  /** The request in PEM, made anew from {@link der}: nothing stands around it. */
  readonly pem: string;
  /** The request itself, without its PEM armour. */
  readonly der: Buffer;
  readonly key: KeyDescription;
  readonly publicKey: KeyObject;
  /** SHA-256 of the public key, as {@link publicKeyFingerprint} writes it. */
  readonly fingerprint: string;
}

/** Says why a text is no usable PKCS#10 request. */
export class InvalidRequest extends Error {}

/**
 * Reads a PEM PKCS#10 request (RFC 2986), and refuses everything of which a certificate could be made although nobody
 * would be shown it, or that another program could read differently. Its signature proves that whoever made it holds
 * the key.
 *
 * @throws InvalidRequest
 */
export function parseRequest(text: string): ParsedRequest {
  const der = decodeOnlyPemBlock(text, requestLabel);
  if (der === undefined) {
    throw new InvalidRequest(pemRefusal(text));
  }
  const request = decode(der);
  const { attributes, subject: name, subjectPKInfo } = request.certificationRequestInfo;
  const subject = readSubject(name);
  refuse([...attributeRefusals(attributes), ...subjectRefusals(subject)]);
  const publicKey = readKey(subjectPKInfo);
  const key = describeKey(publicKey);
  const oid = request.signatureAlgorithm.algorithm;
  const algorithm = signatureAlgorithms[oid];
  if (key === undefined || algorithm?.key !== key.algorithm) {
    throw new InvalidRequest(
      `its signature has the algorithm ${oid}, which does not fit its key. Sign it with SHA-256`,
    );
  }
  // Whatever the bytes hold beyond what was read, or say in another way, is not in this encoding.
  if (!encode(infoOf(subject.name, publicKey), oid, Buffer.from(request.signature)).equals(der)) {
    throw new InvalidRequest("it is not in canonical DER: other programs could read something else");
  }
  if (!signatureHolds(request, publicKey, algorithm.digest)) {
    throw new InvalidRequest("its signature does not match its public key: it was changed, or signed with another key");
  }
  return Object.freeze({
    ...identityOf(subject),
    pem: encodePem(der, requestLabel),
    der,
    key,
    publicKey,
    fingerprint: publicKeyFingerprint(publicKey),
  });
}

/** Reads a request as {@link parseRequest} does. */
export type RequestReader = (text: string) => ParsedRequest;

/** A reader for one edge: however many checks and steps ask for a text there, it is read and its signature checked once. */
export function requestReader(): RequestReader {
  let last: { readonly text: string; readonly parsed: ParsedRequest } | undefined;
  return (text) => {
    if (last?.text !== text) {
      last = { text, parsed: parseRequest(text) };
    }
    return last.parsed;
  };
}

function refuse(refusals: readonly string[]): void {
  if (refusals.length > 0) {
    throw new InvalidRequest(refusals.join("; "));
  }
}

function decode(der: Buffer): CertificationRequest {
  try {
    return AsnConvert.parse(der, CertificationRequest);
  } catch {
    throw new InvalidRequest("it is not the DER encoding of a PKCS#10 request");
  }
}

function identityOf({ commonNames, organizations }: Subject): Identity {
  const [username] = commonNames;
  if (username === undefined) {
    throw new InvalidRequest("its subject has no common name (CN), which is the user's name");
  }
  return { username, groups: Object.freeze([...organizations]) };
}

function readKey(info: SubjectPublicKeyInfo): KeyObject {
  const publicKey = decodeKey(info);
  const refusal = keyRefusal(publicKey);
  if (refusal !== undefined) {
    throw new InvalidRequest(refusal);
  }
  return publicKey;
}

function decodeKey(info: SubjectPublicKeyInfo): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(AsnConvert.serialize(info)), format: "der", type: "spki" });
  } catch {
    throw new InvalidRequest("its public key cannot be read");
  }
}

/** Signature algorithms with the keys that they go with; Ed25519 brings its own digest. */
const signatureAlgorithms: Readonly<Record<string, SignatureAlgorithm | undefined>> = {
  "1.2.840.113549.1.1.11": { key: "RSA", digest: "sha256" },
  "1.2.840.113549.1.1.12": { key: "RSA", digest: "sha384" },
  "1.2.840.113549.1.1.13": { key: "RSA", digest: "sha512" },
  "1.2.840.10045.4.3.2": { key: "ECDSA", digest: "sha256" },
  "1.2.840.10045.4.3.3": { key: "ECDSA", digest: "sha384" },
  "1.2.840.10045.4.3.4": { key: "ECDSA", digest: "sha512" },
  "1.3.101.112": { key: "ED25519", digest: undefined },
};

interface SignatureAlgorithm {
  readonly key: KeyDescription["algorithm"];
  readonly digest: string | undefined;
}

function signatureHolds(request: CertificationRequest, publicKey: KeyObject, digest: string | undefined): boolean {
  const signed = request.certificationRequestInfoRaw;
  try {
    return signed !== undefined && verify(digest, Buffer.from(signed), publicKey, Buffer.from(request.signature));
  } catch {
    return false;
  }
}

/**
 * Makes a PEM PKCS#10 request for a subject with any number of organizations.
 *
 * ECDSA signatures hold a random number: two requests for the same subject and key differ, so keep what this returns.
 *
 * @param privateKeyPem the key that the certificate will belong to; it signs the request and is not part of it.
 */
export function createRequest(identity: Identity, privateKeyPem: string): string {
  const privateKey = createPrivateKey(privateKeyPem);
  const key = describeKey(privateKey);
  if (key === undefined) {
    throw new RangeError(keyRefusal(privateKey));
  }
  const info = infoOf(subjectName(identity), privateKey);
  const oid = signatureAlgorithmFor(key);
  const signature = sign(signatureAlgorithms[oid]?.digest, Buffer.from(AsnConvert.serialize(info)), privateKey);
  return encodePem(encode(info, oid, signature), requestLabel);
}

/** Everything of a request that is signed: this subject and this key, and nothing else. */
function infoOf(subject: Name, key: KeyObject): CertificationRequestInfo {
  const subjectPKInfo = AsnConvert.parse(canonicalPublicKey(key), SubjectPublicKeyInfo);
  return new CertificationRequestInfo({ subject, subjectPKInfo, attributes: new Attributes() });
}

/** The DER encoding of a request. RFC 8017 wants NULL parameters for RSA, RFC 5758 and 8410 none for the others. */
function encode(certificationRequestInfo: CertificationRequestInfo, oid: string, signature: Buffer): Buffer {
  const signatureAlgorithm = new AlgorithmIdentifier({
    algorithm: oid,
    ...(signatureAlgorithms[oid]?.key === "RSA" ? { parameters: null } : {}),
  });
  const request = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm,
    signature: Uint8Array.from(signature).buffer,
  });
  return Buffer.from(AsnConvert.serialize(request));
}

/** The digest as strong as the key, as openssl and Go choose it. */
function signatureAlgorithmFor({ algorithm, size }: KeyDescription): string {
  switch (algorithm) {
    case "RSA":
      return "1.2.840.113549.1.1.11";
    case "ED25519":
      return "1.3.101.112";
    case "ECDSA":
      return size <= 256 ? "1.2.840.10045.4.3.2" : size <= 384 ? "1.2.840.10045.4.3.3" : "1.2.840.10045.4.3.4";
  }
}
