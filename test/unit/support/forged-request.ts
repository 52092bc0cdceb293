import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { encodePem } from "../../../components/core/x509/pem";
import { type KeyKind, privateKey } from "./test-authority";

/** ASN.1 tags of string types. */
export const stringTags = {
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  visible: 0x1a,
  universal: 0x1c,
  bmp: 0x1e,
} as const;

/** A DER element. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const digits = Buffer.from(length.toString(16).padStart(6, "0"), "hex").subarray(
    length < 0x100 ? 2 : length < 0x10000 ? 1 : 0,
  );
  const header = length < 0x80 ? [length] : [0x80 | digits.length, ...digits];
  return Buffer.concat([Buffer.of(tag, ...header), content]);
}

export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return der(0x30, ...contents);
}

export function set(...contents: readonly Uint8Array[]): Buffer {
  return der(0x31, ...contents);
}

/** An object identifier in dots. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left & 0x7f) | 0x80);
    }
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

export const commonName = "2.5.4.3";
export const organization = "2.5.4.10";

/** An attribute of a subject. */
export function attribute(type: string, value: string | Uint8Array, tag: number = stringTags.utf8): Buffer {
  return sequence(oid(type), der(tag, Buffer.from(value)));
}

/** What a request holds; everything that is not given is as it should be. */
export interface ForgedContent {
  readonly kind?: KeyKind;
  readonly version?: Uint8Array;
  /** The DER of the subject. Default: the user jane. */
  readonly subject?: Uint8Array;
  /** The DER of the SubjectPublicKeyInfo. */
  readonly key?: Uint8Array;
  /** What stands in the place of the attributes. Default: none of them, in their element. */
  readonly attributes?: Uint8Array;
  /** What stands after them. */
  readonly more?: Uint8Array;
  /** The DER of the signature's AlgorithmIdentifier. */
  readonly algorithm?: Uint8Array;
  readonly digest?: string;
  /** Changes what is signed, before it is signed. */
  readonly change?: (info: Buffer) => Buffer;
  /** Signs with this PEM key instead of that of `kind`. */
  readonly signer?: string;
}

/** The AlgorithmIdentifiers that go with the keys and SHA-256. */
const algorithms = {
  RSA: sequence(oid("1.2.840.113549.1.1.11"), der(0x05)),
  ECDSA: sequence(oid("1.2.840.10045.4.3.2")),
  ED25519: sequence(oid("1.3.101.112")),
} as const;

/** The DER of a PKCS#10 request in which anything may be wrong but the signature. */
export function forgeDer(content: ForgedContent = {}): Buffer {
  const { kind = "P256", version = der(0x02, Buffer.of(0)), attributes = der(0xa0), more = Buffer.alloc(0) } = content;
  const { subject = sequence(set(attribute(commonName, "jane"))), signer = privateKey(kind) } = content;
  const key = createPrivateKey(signer);
  const spki = content.key ?? createPublicKey(key).export({ format: "der", type: "spki" });
  const { change = (info: Buffer): Buffer => info } = content;
  const info = change(sequence(version, subject, spki, attributes, more));
  const family = kind === "ED25519" ? "ED25519" : kind === "RSA 2048" ? "RSA" : "ECDSA";
  const { algorithm = algorithms[family], digest = "sha256" } = content;
  const signature = sign(kind === "ED25519" ? undefined : digest, info, key);
  return sequence(info, algorithm, der(0x03, Buffer.of(0), signature));
}

/** The same in PEM. */
export function forgeRequest(content: ForgedContent = {}): string {
  return encodePem(forgeDer(content), "CERTIFICATE REQUEST");
}

/** The DER of a subject of one part for each attribute. */
export function subjectOf(...attributes: readonly Uint8Array[]): Buffer {
  return sequence(...attributes.map((one) => set(one)));
}

/** The DER of the attributes of a request. */
export function attributesOf(...types: readonly string[]): Buffer {
  return der(0xa0, ...types.map((type) => sequence(oid(type), set(der(stringTags.utf8, Buffer.from("value"))))));
}

/** The DER of the attribute that asks for a DNS name. */
export function extensionRequest(dnsName = "admin.example.com", type = "1.2.840.113549.1.9.14"): Buffer {
  const names = sequence(der(0x82, Buffer.from(dnsName)));
  const extension = sequence(oid("2.5.29.17"), der(0x04, names));
  return der(0xa0, sequence(oid(type), set(sequence(extension))));
}
