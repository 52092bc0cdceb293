import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
} from "@peculiar/asn1-x509";

const commonNameType = "2.5.4.3";
const organizationType = "2.5.4.10";
const hourInMilliseconds = 3_600_000;
const yearInMilliseconds = 365 * 24 * hourInMilliseconds;

/** A private key with the certificate that names its holder. */
export interface Credential {
  readonly name: Name;
  readonly key: KeyObject;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Who a certificate speaks for: Kubernetes reads `O` as groups and `CN` as the user's name. */
export interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
}

/** The algorithm of every signature made here: ECDSA on P-256 with SHA-256. */
export function ecdsaWithSha256(): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithm: "1.2.840.10045.4.3.2" });
}

/** A fresh P-256 private key. */
export function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
}

/** Signs bytes as X.509 and PKCS#10 want it: an ECDSA signature in DER. */
export function signature(bytes: ArrayBuffer, key: KeyObject): ArrayBuffer {
  return ownBytes(sign("sha256", Buffer.from(bytes), key));
}

/** How keys sign, by their kind, for ECDSA by curve: the signature's OID, and the digest, which ED25519 brings itself. */
const signings = new Map<string | undefined, { readonly algorithm: string; readonly digest: string | null }>([
  ["rsa", { algorithm: "1.2.840.113549.1.1.11", digest: "sha256" }],
  ["ed25519", { algorithm: "1.3.101.112", digest: null }],
  ["secp224r1", { algorithm: "1.2.840.10045.4.3.2", digest: "sha256" }],
  ["prime256v1", { algorithm: "1.2.840.10045.4.3.2", digest: "sha256" }],
  ["secp384r1", { algorithm: "1.2.840.10045.4.3.3", digest: "sha384" }],
  ["secp521r1", { algorithm: "1.2.840.10045.4.3.4", digest: "sha512" }],
]);

/** The X.501 name of a subject. */
export function distinguishedName({ commonName, organizations = [] }: Subject): Name {
  const part = (type: string, utf8String: string): RelativeDistinguishedName =>
    new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) })]);
  return new Name([
    ...organizations.map((organization) => part(organizationType, organization)),
    part(commonNameType, commonName),
  ]);
}

/** The public half of a key, as certificates and requests carry it. */
export function publicKeyInfo(key: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(createPublicKey(key).export({ type: "spki", format: "der" }), SubjectPublicKeyInfo);
}

/** DER in PEM armour. */
export function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** A self-signed certificate authority, good for ten years. */
export function certificateAuthority(commonName: string): Credential {
  const key = newKey();
  const name = distinguishedName({ commonName });
  return issue(name, key, { name, key }, 10 * yearInMilliseconds, [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: true }), true),
    extension(
      id_ce_keyUsage,
      new KeyUsage(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
      true,
    ),
  ]);
}

/** A certificate, good for a year, with which a server proves that it answers to the given names. */
export function servingCertificate(authority: Credential, subject: Subject, hosts: readonly string[]): Credential {
  const names = hosts.map((host) => new GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host }));
  return leaf(authority, subject, id_kp_serverAuth, [
    extension(id_ce_subjectAltName, new SubjectAlternativeName(names), false),
  ]);
}

/** A certificate, good for a year, with which a client proves who it is. */
export function clientCertificate(authority: Credential, subject: Subject): Credential {
  return leaf(authority, subject, id_kp_clientAuth, []);
}

/** A PKCS#10 certificate signing request in PEM, for any key whose signatures Kubernetes knows. */
export function certificateRequest(subject: Subject, key: KeyObject): string {
  const signing = signings.get(key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType);
  if (signing === undefined) throw new Error(`keys of the kind ${String(key.asymmetricKeyType)} cannot sign requests`);
  const { algorithm, digest } = signing;
  const certificationRequestInfo = new CertificationRequestInfo({
    subject: distinguishedName(subject),
    subjectPKInfo: publicKeyInfo(key),
    attributes: new Attributes(),
  });
  const request = new CertificationRequest({
    certificationRequestInfo,
    // RSA's parameters are NULL, the others have none.
    signatureAlgorithm: new AlgorithmIdentifier({
      algorithm,
      ...(key.asymmetricKeyType === "rsa" ? { parameters: null } : {}),
    }),
    signature: ownBytes(sign(digest, Buffer.from(AsnConvert.serialize(certificationRequestInfo)), key)),
  });
  return pem("CERTIFICATE REQUEST", AsnConvert.serialize(request));
}

function leaf(authority: Credential, subject: Subject, purpose: string, more: readonly Extension[]): Credential {
  return issue(distinguishedName(subject), newKey(), authority, yearInMilliseconds, [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([purpose]), false),
    ...more,
  ]);
}

function issue(
  name: Name,
  key: KeyObject,
  issuer: { readonly name: Name; readonly key: KeyObject },
  lifetime: number,
  extensions: readonly Extension[],
): Credential {
  const now = Date.now();
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: ecdsaWithSha256(),
    issuer: issuer.name,
    // An hour back, because Kubernetes' signer sets its certificates' beginning back as well.
    validity: new Validity({ notBefore: new Date(now - hourInMilliseconds), notAfter: new Date(now + lifetime) }),
    subject: name,
    subjectPublicKeyInfo: publicKeyInfo(key),
    extensions: new Extensions([
      ...extensions,
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(key)), false),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(issuer.key)) }),
        false,
      ),
    ]),
  });
  const signatureValue = signature(AsnConvert.serialize(tbsCertificate), issuer.key);
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm: ecdsaWithSha256(), signatureValue });
  return {
    name,
    key,
    certificatePem: pem("CERTIFICATE", AsnConvert.serialize(certificate)),
    keyPem: privateKeyPem(key),
  };
}

/** A private key in PKCS#8 PEM. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function extension(extnID: string, value: object, critical: boolean): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** RFC 7093, section 2, method 1. */
function keyIdentifier(key: KeyObject): ArrayBuffer {
  const bits = new Uint8Array(publicKeyInfo(key).subjectPublicKey);
  return ownBytes(createHash("sha256").update(bits).digest().subarray(0, 20));
}

/** Positive and without a leading zero byte, as DER integers must be. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return ownBytes(bytes);
}

function ownBytes(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
