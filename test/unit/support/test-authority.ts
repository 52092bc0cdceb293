import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_kp_clientAuth,
} from "@peculiar/asn1-x509";
import { type KeyObject, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { type ParsedRequest, createRequest, parseRequest } from "../../../components/core/csr/certification-request";
import { type Identity } from "../../../components/core/options/identity";
import { encodePem } from "../../../components/core/x509/pem";
import {
  type Credential,
  certificateAuthority,
  distinguishedName,
  ecdsaWithSha256,
  publicKeyInfo,
  servingCertificate,
  signature,
} from "@kubernetes-user/toolchain/certificates";

export { certificateAuthority, servingCertificate };

/** Kinds of keys that a person may have. */
export const keyKinds = ["RSA 2048", "P256", "P384", "P521", "ED25519"] as const;

export type KeyKind = (typeof keyKinds)[number];

const keys = new Map<KeyKind, string>();

/** A private key in PKCS#8 PEM; one of each kind is enough for all tests of a file. */
export function privateKey(kind: KeyKind = "P256"): string {
  const known = keys.get(kind) ?? generate(kind).export({ format: "pem", type: "pkcs8" }).toString();
  keys.set(kind, known);
  return known;
}

function generate(kind: KeyKind): KeyObject {
  switch (kind) {
    case "RSA 2048":
      return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    case "ED25519":
      return generateKeyPairSync("ed25519").privateKey;
    default:
      return generateKeyPairSync("ec", { namedCurve: kind.replace("P", "P-") }).privateKey;
  }
}

/** A request of somebody for a certificate, signed with {@link privateKey}. */
export function requestOf(identity: Identity, kind?: KeyKind): string {
  return createRequest(identity, privateKey(kind));
}

/** A request whose subject has one value of each of these attribute types: `value 0`, `value 1` and so on. */
export function requestWithSubject(types: readonly string[]): string {
  const key = createPrivateKey(privateKey());
  const info = new CertificationRequestInfo({
    subject: new Name(
      types.map((type, index) => {
        const value = new AttributeValue({ utf8String: `value ${index}` });
        return new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })]);
      }),
    ),
    subjectPKInfo: publicKeyInfo(key),
    attributes: new Attributes(),
  });
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    signatureAlgorithm: ecdsaWithSha256(),
    signature: signature(AsnConvert.serialize(info), key),
  });
  return encodePem(new Uint8Array(AsnConvert.serialize(request)), "CERTIFICATE REQUEST");
}

/** What a test authority puts into a certificate. */
export interface CertificateContent extends Identity {
  /** PKCS#10, whose public key the certificate is for. */
  readonly request: string | ParsedRequest;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Default: no. */
  readonly isAuthority?: boolean;
  /** OIDs of its extended key usage; without any there is no such extension. Default: clientAuth. */
  readonly purposes?: readonly string[];
  /** Extensions beside those. */
  readonly extensions?: readonly AddedExtension[];
  /** Attributes of its subject beside the name and the groups: type and the DER of the value. */
  readonly attributes?: readonly (readonly [type: string, value: Uint8Array])[];
  readonly subjectUniqueID?: Uint8Array;
  /** Default: a certificate authority of its own, for all tests of a file. */
  readonly issuer?: Credential | undefined;
}

/** An extension that a test adds to a certificate. */
export interface AddedExtension {
  readonly oid: string;
  readonly critical?: boolean;
  /** DER. */
  readonly value: Uint8Array;
}

/** An authority whose certificate and key are known. */
export function authorityOf(commonName: string, certificatePem: string, keyPem: string): Credential {
  return { name: distinguishedName({ commonName }), key: createPrivateKey(keyPem), certificatePem, keyPem };
}

/** Signs all certificates for which nobody else is named. */
export const authority = certificateAuthority("test-authority");
let serialNumber = 0;

/** A certificate in PEM, signed by one authority for all tests of a file. */
export function signCertificate(content: CertificateContent): string {
  const {
    username,
    groups,
    request,
    notBefore,
    notAfter,
    isAuthority = false,
    purposes = [id_kp_clientAuth],
    extensions = [],
    attributes = [],
    subjectUniqueID,
    issuer = authority,
  } = content;
  const { publicKey } = typeof request === "string" ? parseRequest(request) : request;
  const spki = publicKey.export({ format: "der", type: "spki" });
  serialNumber += 1;
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: Uint8Array.of(0x40, serialNumber >> 8, serialNumber & 0xff).buffer,
    signature: ecdsaWithSha256(),
    issuer: issuer.name,
    validity: new Validity({ notBefore: new Date(notBefore), notAfter: new Date(notAfter) }),
    subject: new Name([
      ...distinguishedName({ commonName: username, organizations: groups }),
      ...attributes.map(([type, value]) => {
        const anyValue = Uint8Array.from(value).buffer;
        return new RelativeDistinguishedName([
          new AttributeTypeAndValue({ type, value: new AttributeValue({ anyValue }) }),
        ]);
      }),
    ]),
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    ...(subjectUniqueID === undefined ? {} : { subjectUniqueID: Uint8Array.from(subjectUniqueID).buffer }),
    extensions: new Extensions([
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: isAuthority })),
      ...(purposes.length === 0 ? [] : [extension(id_ce_extKeyUsage, new ExtendedKeyUsage([...purposes]))]),
      ...extensions.map(
        ({ oid, critical = false, value }) =>
          new Extension({ extnID: oid, critical, extnValue: new OctetString(Uint8Array.from(value)) }),
      ),
    ]),
  });
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: ecdsaWithSha256(),
    signatureValue: signature(AsnConvert.serialize(tbsCertificate), issuer.key),
  });
  return encodePem(new Uint8Array(AsnConvert.serialize(certificate)), "CERTIFICATE");
}

function extension(extnID: string, value: object): Extension {
  return new Extension({ extnID, critical: false, extnValue: new OctetString(AsnConvert.serialize(value)) });
}
