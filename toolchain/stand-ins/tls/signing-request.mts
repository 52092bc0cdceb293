import { type KeyObject, createPublicKey, sign } from "node:crypto";
import { promisify } from "node:util";
import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnParser, AsnSerializer, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  Attribute,
  Extension,
  Extensions,
  GeneralName,
  id_ce_subjectAltName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
} from "@peculiar/asn1-x509";
import { distinguishedName } from "./distinguished-name.mts";
import { type Properties } from "./property-values.mts";

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
