import fc from "fast-check";
import { encodePem } from "../../../components/core/x509/pem";
import {
  attribute,
  attributesOf,
  commonName,
  der,
  extensionRequest,
  forgeDer,
  oid,
  organization,
  sequence,
  set,
  stringTags,
} from "./forged-request";

const label = "CERTIFICATE REQUEST";

const bytes = fc.uint8Array({ maxLength: 6 });

/** What names are made of, with the characters that programs read differently. */
const text = fc.oneof(
  { arbitrary: fc.constantFrom("jane", "developers", "team a", "42", "a.b-c", "A", "o=x,cn=y"), weight: 6 },
  { arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }), weight: 2 },
  fc.constantFrom("a*", "a&b", "a@b", "a_b", "", "\0", "a\0b", "\ufeffx", "x".repeat(200), "Zoë", "\u202ea"),
);

const tag = fc.oneof(
  { arbitrary: fc.constant(stringTags.utf8), weight: 12 },
  { arbitrary: fc.constant(stringTags.printable), weight: 6 },
  fc.constantFrom(...Object.values(stringTags), 0x02, 0x04, 0x2c, 0x33, 0x30, 0x80),
);

const encodings: readonly ["utf8", "latin1", "utf16le"] = ["utf8", "latin1", "utf16le"];

const value = fc.oneof(
  { arbitrary: text.map((one) => Buffer.from(one)), weight: 8 },
  fc.tuple(text, fc.constantFrom(...encodings)).map(([one, encoding]) => Buffer.from(one, encoding)),
  bytes.map((one) => Buffer.from(one)),
);

const attributeType = fc.oneof(
  { arbitrary: fc.constantFrom(commonName, organization, organization), weight: 12 },
  fc.constantFrom("2.5.4.11", "2.5.4.6", "2.5.4.5", "1.2.840.113549.1.9.1", "1.3.6.1.4.1.57683.2", "2.5.4.300"),
);

const anyAttribute = fc
  .record({ type: attributeType, value, tag })
  .map(({ type, value, tag }) => attribute(type, value, tag));

/** A padded OID, which is no DER, and an attribute with one field too many. */
const oddAttribute = fc.oneof(
  value.map((one) => sequence(Buffer.from("0604550480" + "03", "hex"), der(stringTags.utf8, one))),
  value.map((one) => sequence(oid(organization), der(stringTags.utf8, one), der(0x05))),
  value.map((one) => sequence(oid(commonName), set(der(stringTags.utf8, one)))),
);

const part = fc.oneof(
  { arbitrary: anyAttribute.map((one) => set(one)), weight: 10 },
  { arbitrary: fc.array(anyAttribute, { maxLength: 4 }).map((many) => set(...many)), weight: 2 },
  oddAttribute.map((one) => set(one)),
);

const plainParts = fc
  .uniqueArray(fc.constantFrom("developers", "oncall", "team a", "Zoë", "o=x"), { maxLength: 4 })
  .map((names) => names.map((name) => attribute(organization, name)));

const subject = fc.oneof(
  // Organizations in parts of their own, and all in one, as Go writes them.
  { arbitrary: plainParts.map((many) => sequence(...many.map((one) => set(one)), set(janes))), weight: 4 },
  { arbitrary: plainParts.map((many) => sequence(set(...many, janes))), weight: 2 },
  { arbitrary: fc.array(part, { maxLength: 3 }).map((parts) => sequence(...parts, set(janes))), weight: 6 },
  { arbitrary: fc.array(part, { maxLength: 4 }).map((parts) => sequence(...parts)), weight: 2 },
);

const janes = attribute(commonName, "jane");

const attributes = fc.oneof(
  { arbitrary: fc.constant(der(0xa0)), weight: 14 },
  fc.constantFrom(
    Buffer.alloc(0),
    attributesOf("1.2.840.113549.1.9.7"),
    attributesOf("1.2.840.113549.1.9.14"),
    extensionRequest(),
    extensionRequest("a", "1.3.6.1.4.1.311.2.1.14"),
    der(0xa0, sequence(oid("1.2.840.113549.1.9.14"), set())),
    der(0xa0, der(0x05)),
    der(0xa1),
    der(0x80),
  ),
);

const algorithm = fc.constantFrom(
  sequence(oid("1.2.840.10045.4.3.2"), der(0x05)),
  sequence(oid("1.2.840.10045.4.3.3")),
  sequence(oid("1.2.840.113549.1.1.11"), der(0x05)),
  sequence(oid("1.2.840.113549.1.1.11")),
  sequence(oid("1.3.101.112")),
  sequence(oid("1.2.840.113549.1.1.10")),
);

/** Writes the length of one of the elements in a longer way than it has to be, or changes, adds or drops a byte. */
const change = fc
  .record({ at: fc.nat(200), by: fc.integer({ min: 1, max: 255 }), how: fc.nat(3) })
  .map(({ at, by, how }) => (whole: Buffer): Buffer => {
    const position = at % whole.length;
    const [before, here, after] = [
      whole.subarray(0, position),
      whole.subarray(position, position + 1),
      whole.subarray(position + 1),
    ];
    const first = here[0] ?? 0;
    const written = [Buffer.of(0x81, first), Buffer.of(first ^ by), Buffer.of(first, by), Buffer.alloc(0)][how] ?? here;
    return Buffer.concat([before, written, after]);
  });

const usually = <T>(rare: fc.Arbitrary<T>, weight = 16): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight }, rare);

const content = fc.record({
  kind: fc.constantFrom("P256", "P256", "P256", "ED25519", "P384", "RSA 2048"),
  subject,
  attributes,
  version: usually(fc.constantFrom(der(2, Buffer.of(1)), der(2, Buffer.of(0, 0)), der(2, Buffer.of(0xff)), der(2))),
  more: usually(fc.constantFrom(der(0xa1), der(0x05), Buffer.of(0))),
  algorithm: usually(algorithm),
  digest: usually(fc.constantFrom("sha1", "sha384", "sha512")),
  change: usually(change, 4),
});

const requestDer = fc
  .record({ content, damage: usually(change, 12), tail: usually(bytes, 20) })
  .map(({ content, damage = (whole: Buffer): Buffer => whole, tail = Buffer.alloc(0) }) => {
    const given = Object.fromEntries(Object.entries(content).filter(([, one]) => one !== undefined));
    return damage(Buffer.concat([forgeDer(given), tail]));
  });

/** Ways to write a block and what may stand around it. */
const dressing: fc.Arbitrary<(pem: string, other: string) => string> = fc.oneof(
  { arbitrary: fc.constant((pem: string) => pem), weight: 10 },
  fc.constantFrom<((pem: string, other: string) => string)[]>(
    (pem) => pem.replaceAll("\n", "\r\n"),
    (pem) => pem.replaceAll("\n", "\r"),
    (pem) => `\n \t\r\n${pem}\n \n`,
    (pem) => ` ${pem}`,
    (pem) => `\ufeff${pem}`,
    (pem) => pem.trimEnd(),
    (pem) => pem.replace("\n", "\n\n"),
    (pem) => pem.replace("\n", " \n"),
    (pem) => pem.replace("\n", "\nX: y\n\n"),
    (pem) => pem.replaceAll(/^[^-]{40}/gm, "$&\n"),
    (pem) => pem.replace(/=*\n-----END/, "\n-----END"),
    (pem) => pem.replace(/\n-----END/, "=\n-----END"),
    (pem) => pem.replaceAll(label, `NEW ${label}`),
    (pem) => pem.replace(label, `NEW ${label}`),
    (pem) => `text\n${pem}`,
    (pem) => `${pem}text\n`,
    (pem, other) => pem + other,
    (pem, other) => other.replace("\n", "\nX: y\n\n") + pem,
    (pem, other) => pem.replace("\n-----END", "=\n-----END") + other,
    (pem, other) => `x${pem}${other}`,
    (pem, other) => `${pem.trimEnd()} ${other}`,
    (pem, other) => pem.replace(/-----END.*\n/, "") + other,
    (pem, other) => other.replaceAll(label, `NEW ${label}`) + pem,
    (pem) => pem.slice(0, pem.length / 2),
  ),
);

/** Texts that are PKCS#10 requests, or nearly. */
export const requestText: fc.Arbitrary<string> = fc
  .record({ one: requestDer, dress: dressing })
  .map(({ one, dress }) => dress(encodePem(one, label), other));

const other = encodePem(forgeDer({ subject: sequence(set(attribute(commonName, "mallory"))) }), label);
