import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { InvalidRequest, parseRequest } from "../../../../components/core/csr/certification-request";
import { encodePem } from "../../../../components/core/x509/pem";
import {
  attribute,
  attributesOf,
  commonName,
  der,
  extensionRequest,
  forgeDer,
  forgeRequest,
  oid,
  organization,
  sequence,
  set,
  stringTags,
  subjectOf,
} from "../../support/forged-request";
import { type KeyKind, privateKey } from "../../support/test-authority";

const label = "CERTIFICATE REQUEST";

/** Why a text is no usable request. */
function refusalOf(pem: string): string {
  try {
    parseRequest(pem);
  } catch (error) {
    if (error instanceof InvalidRequest) {
      return error.message;
    }
    throw error;
  }
  throw new Error("expected a refusal, and the request was read");
}

function spkiOf(kind: KeyKind): Buffer {
  return createPublicKey(privateKey(kind)).export({ format: "der", type: "spki" });
}

function generated(type: string, options: object = { namedCurve: "P-256" }): string {
  const { privateKey } = generateKeyPairSync(type as "ec", options as { namedCurve: string });
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

describe("parseRequest of what is made by hand", () => {
  it("reads a request that is made by hand, which the refused ones below are but for one thing", () => {
    expect(parseRequest(forgeRequest())).toMatchObject({ username: "jane", groups: [] });
    const printable = attribute(organization, "A z09'()+,-./:=?", stringTags.printable);
    const subject = sequence(set(printable, attribute(organization, "b")), set(attribute(commonName, "jane")));
    // Go puts all organizations into one part.
    expect(parseRequest(forgeRequest({ subject })).groups).toEqual(["A z09'()+,-./:=?", "b"]);
  });

  const withSubject = (...attributes: readonly Uint8Array[]): string =>
    forgeRequest({ subject: subjectOf(...attributes, attribute(commonName, "jane")) });
  const groups = (count: number): Buffer[] =>
    Array.from({ length: count }, (_, index) => attribute(organization, `group ${index}`));

  it("takes 32 groups", () => {
    expect(parseRequest(withSubject(...groups(32))).groups).toHaveLength(32);
  });

  it.each([
    ["no subject", forgeRequest({ subject: sequence() }), "no common name (CN)"],
    ["no common name", forgeRequest({ subject: subjectOf(attribute(organization, "a")) }), "no common name (CN)"],
    ["two common names", withSubject(attribute(commonName, "june")), "more than one common name"],
    ["the same common name twice", withSubject(attribute(commonName, "jane")), "more than one common name"],
    ["33 groups", withSubject(...groups(33)), "33 organizations (O), which are groups, expected at most 32"],
    ["a group twice", withSubject(...groups(2), ...groups(1)), 'has the organization (O) "group 0" twice'],
    ["another attribute", withSubject(attribute("2.5.4.11", "x")), "holds OU (2.5.4.11), expected CN and O only"],
    ["an unknown attribute", withSubject(attribute("1.2.3.4", "x")), "holds the attribute 1.2.3.4,"],
    ["the UID of a user", withSubject(attribute("1.3.6.1.4.1.57683.2", "x")), "the UID of a Kubernetes user"],
    ["an empty common name", forgeRequest({ subject: subjectOf(attribute(commonName, "")) }), "CN is empty"],
    ["an empty group", withSubject(attribute(organization, "")), "O is empty"],
    ["a NUL", withSubject(attribute(organization, "a\0b")), "O holds a NUL character"],
    ["an empty part", forgeRequest({ subject: sequence(set(), set(attribute(commonName, "j"))) }), "an empty part"],
    [
      "digits as a NumericString",
      withSubject(attribute(organization, "42", stringTags.numeric)),
      "O is of the type NumericString,",
    ],
    [
      "a TeletexString",
      withSubject(attribute(organization, "a", stringTags.teletex)),
      "O is of the type TeletexString,",
    ],
    ["an IA5String", withSubject(attribute(organization, "a", stringTags.ia5)), "O is of the type IA5String,"],
    [
      "a VisibleString",
      withSubject(attribute(organization, "a", stringTags.visible)),
      "O is of the type VisibleString,",
    ],
    ["a BMPString", withSubject(attribute(organization, "\0a", stringTags.bmp)), "O is of the type BMPString,"],
    [
      "a UniversalString",
      withSubject(attribute(organization, "\0\0\0a", stringTags.universal)),
      "O is of the type UniversalString,",
    ],
    ["a number", withSubject(attribute(organization, Buffer.of(7), 2)), "O is no string"],
    [
      "no PrintableString in one",
      withSubject(attribute(organization, "a@b", stringTags.printable)),
      "no PrintableString has",
    ],
    ["a wildcard in one", withSubject(attribute(organization, "a*", stringTags.printable)), "no PrintableString has"],
    ["broken UTF-8", withSubject(attribute(organization, Buffer.of(0x61, 0xff))), "other programs"],
    [
      "UTF-8 that is longer than it needs to be",
      withSubject(attribute(organization, Buffer.of(0xc1, 0xa1))),
      "other programs",
    ],
    ["a SAN", forgeRequest({ attributes: extensionRequest() }), "requested extensions (1.2.840.113549.1.9.14)"],
    [
      "a SAN in Microsoft's way",
      forgeRequest({ attributes: extensionRequest("a", "1.3.6.1.4.1.311.2.1.14") }),
      "Microsoft's way",
    ],
    [
      "a challengePassword",
      forgeRequest({ attributes: attributesOf("1.2.840.113549.1.9.7") }),
      "would not stay secret",
    ],
    ["an unstructuredName", forgeRequest({ attributes: attributesOf("1.2.840.113549.1.9.2") }), "an unstructuredName"],
    ["any attribute", forgeRequest({ attributes: attributesOf("1.2.3.4") }), "an attribute (1.2.3.4), expected none"],
    ["no place for attributes", forgeRequest({ attributes: Buffer.alloc(0) }), "other programs"],
    ["another version", forgeRequest({ version: der(0x02, Buffer.of(1)) }), "other programs"],
    ["something after the attributes", forgeRequest({ more: der(0xa1) }), ""],
    ["bytes after its end", encodePem(Buffer.concat([forgeDer(), Buffer.of(0)]), label), "other programs"],
    ["another request after its end", encodePem(Buffer.concat([forgeDer(), forgeDer()]), label), "other programs"],
    [
      "the signature's algorithm of another key",
      forgeRequest({ algorithm: sequence(oid("1.2.840.113549.1.1.11"), der(5)) }),
      "does not fit its key",
    ],
    [
      "parameters that do not belong there",
      forgeRequest({ algorithm: sequence(oid("1.2.840.10045.4.3.2"), der(5)) }),
      "other programs",
    ],
    ["another digest than it says", forgeRequest({ digest: "sha384" }), "its signature does not match"],
    [
      "somebody else's signature",
      forgeRequest({ key: spkiOf("P256"), signer: generated("ec") }),
      "its signature does not match",
    ],
  ])("refuses a request with %s", (_, pem, words) => {
    expect(refusalOf(pem)).toContain(words);
  });

  it.each([
    [
      "an RSA key of 1024 bits",
      generated("rsa", { modulusLength: 1024 }),
      "an RSA key of 1024 bits, expected 2048 to 8192",
    ],
    ["an RSA key of 2040 bits", generated("rsa", { modulusLength: 2040 }), "an RSA key of 2040 bits"],
    ["a key on P-224", generated("ec", { namedCurve: "P-224" }), "a key of type EC on secp224r1"],
    ["a key on secp256k1", generated("ec", { namedCurve: "secp256k1" }), "a key of type EC on secp256k1"],
    ["a DSA key", generated("dsa", { modulusLength: 2048, divisorLength: 256 }), "a key of type DSA"],
    ["an RSA-PSS key", generated("rsa-pss", { modulusLength: 2048 }), "a key of type RSA-PSS"],
  ])("refuses a request with %s", (_, signer, words) => {
    expect(refusalOf(forgeRequest({ signer }))).toContain(words);
  });

  it("refuses an RSA key with the exponent 1, with which every signature is right", () => {
    const { n = "" } = createPublicKey(privateKey("RSA 2048")).export({ format: "jwk" });
    const one = createPublicKey({ key: { kty: "RSA", n, e: "AQ" }, format: "jwk" });
    const request = forgeRequest({ kind: "RSA 2048", key: one.export({ format: "der", type: "spki" }) });
    expect(refusalOf(request)).toContain("the exponent 1, expected an odd one of 3 to 2147483647");
  });

  it("refuses a point of a curve in its compressed form, which Go does not read", () => {
    const spki = spkiOf("P256");
    const point = spki.subarray(-65);
    const compressed = Buffer.concat([Buffer.of(2 + ((point[64] ?? 0) & 1)), point.subarray(1, 33)]);
    const algorithm = sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"));
    const key = sequence(algorithm, der(0x03, Buffer.of(0), compressed));
    expect(refusalOf(forgeRequest({ key }))).toContain("other programs");
  });
});
