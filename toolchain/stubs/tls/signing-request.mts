import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";

import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnParser, AsnSerializer, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  Attribute,
  AttributeTypeAndValue,
  AttributeValue,
  Extension,
  Extensions,
  GeneralName,
  id_ce_subjectAltName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
} from "@peculiar/asn1-x509";

import type { Properties, PropertyValue } from "./properties.mts";

const extensionRequest = "1.2.840.113549.1.9.14";

const signAsync = promisify(sign);

/** What a signing request asks for, besides the key. */
export interface RequestContent {
  readonly subject: Properties;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
}

/** How a key signs: Go's choice for each kind of key. */
interface Signing {
  readonly oid: string;
  readonly digest: string | null;
  /** The algorithm's parameters, where it has any: RSA's are NULL. */
  readonly parameters?: null;
}

/**
 * A PKCS#10 request in DER, with the structure that Go's x509.CreateCertificateRequest gives it.
 *
 * @throws Error when the key is of a kind that Go cannot sign with
 */
export async function signingRequest(key: KeyObject, content: RequestContent): Promise<Buffer> {
  const signing = signingOf(key);
  const names = alternativeNames(content);
  const info = new CertificationRequestInfo({
    subject: distinguishedName(content.subject),
    subjectPKInfo: AsnParser.parse(createPublicKey(key).export({ type: "spki", format: "der" }), SubjectPublicKeyInfo),
    attributes: new Attributes(names.length === 0 ? [] : [namesAttribute(names)]),
  });
  const signed = Buffer.from(AsnSerializer.serialize(info));
  const signature = await signAsync(signing.digest, signed, key);
  return Buffer.from(
    AsnSerializer.serialize(
      new CertificationRequest({
        certificationRequestInfo: info,
        signatureAlgorithm: new AlgorithmIdentifier({
          algorithm: signing.oid,
          ...("parameters" in signing ? { parameters: signing.parameters } : {}),
        }),
        signature: toArrayBuffer(signature),
      }),
    ),
  );
}

/** By kind of key, for ECDSA by curve. */
const signings = new Map<string, Signing>([
  ["rsa", { oid: "1.2.840.113549.1.1.11", digest: "sha256", parameters: null }],
  ["ed25519", { oid: "1.3.101.112", digest: null }],
  ["secp224r1", { oid: "1.2.840.10045.4.3.2", digest: "sha256" }],
  ["prime256v1", { oid: "1.2.840.10045.4.3.2", digest: "sha256" }],
  ["secp384r1", { oid: "1.2.840.10045.4.3.3", digest: "sha384" }],
  ["secp521r1", { oid: "1.2.840.10045.4.3.4", digest: "sha512" }],
]);

function signingOf(key: KeyObject): Signing {
  const type = key.asymmetricKeyType === "ec" ? key.asymmetricKeyDetails?.namedCurve : key.asymmetricKeyType;
  const signing = signings.get(type ?? "");
  if (signing !== undefined) return signing;
  throw new Error("unsupported private key type: expected RSA, ED25519, or ECDSA on P224, P256, P384 or P521");
}

/** In Go's order. */
function alternativeNames({ dnsNames, ipAddresses, uris }: RequestContent): GeneralName[] {
  return [
    ...dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
    ...uris.map((uniformResourceIdentifier) => new GeneralName({ uniformResourceIdentifier })),
  ];
}

function namesAttribute(names: readonly GeneralName[]): Attribute {
  const extensions = new Extensions([
    new Extension({
      extnID: id_ce_subjectAltName,
      extnValue: new OctetString(AsnSerializer.serialize(new SubjectAlternativeName([...names]))),
    }),
  ]);
  return new Attribute({ type: extensionRequest, values: [AsnSerializer.serialize(extensions)] });
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Subject properties and their attribute types, in the order in which Go writes them. */
const attributes = [
  ["country", "2.5.4.6"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["locality", "2.5.4.7"],
  ["province", "2.5.4.8"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
] as const;

/** Go leaves these two out when they are empty; the others it writes as empty strings. */
const skippedWhenEmpty: readonly string[] = ["commonName", "serialNumber"];

/** A subject as Go's `pkix.Name` encodes it: an RDN for each property, several values of one in the same RDN. */
export function distinguishedName(subject: Properties): Name {
  return new Name(
    attributes.flatMap(([property, type]) => {
      const values = valuesOf(subject[property]).filter(
        (value) => value !== "" || !skippedWhenEmpty.includes(property),
      );
      if (values.length === 0) return [];
      return [
        new RelativeDistinguishedName(
          inSetOrder(
            values.map(
              (value) =>
                new AttributeTypeAndValue({
                  type,
                  value:
                    property === "emailAddress" ? new AttributeValue({ ia5String: value }) : directoryString(value),
                }),
            ),
          ),
        ),
      ];
    }),
  );
}

function valuesOf(value: PropertyValue | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
}

/** PrintableString where its characters allow it, as Go chooses: without `*` and `&`, which some issuers put in. */
function directoryString(value: string): AttributeValue {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
    ? new AttributeValue({ printableString: value })
    : new AttributeValue({ utf8String: value });
}

/** DER wants the members of a set in the order of their encodings. */
function inSetOrder(members: AttributeTypeAndValue[]): AttributeTypeAndValue[] {
  return members
    .map((member) => ({ member, encoding: Buffer.from(AsnSerializer.serialize(member)) }))
    .sort((a, b) => Buffer.compare(a.encoding, b.encoding))
    .map(({ member }) => member);
}
