import { AsnConvert } from "@peculiar/asn1-schema";
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from "@peculiar/asn1-x509";
import { describe } from "../options/validation-errors";
import { type Identity } from "../options/identity";

const commonName = "2.5.4.3";
const organization = "2.5.4.10";

/** Names of attributes that people put into subjects, for messages. */
const attributeNames: Readonly<Record<string, string | undefined>> = {
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "street",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "emailAddress",
  "1.3.6.1.4.1.57683.2": "the UID of a Kubernetes user",
};

/** ASN.1's string types by their tags, for messages. */
const stringTypes: Readonly<Record<number, string | undefined>> = {
  18: "NumericString",
  20: "TeletexString",
  22: "IA5String",
  26: "VisibleString",
  27: "GeneralString",
  28: "UniversalString",
  30: "BMPString",
};

/** The characters of a PrintableString (X.680, 41.4). */
const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** What the subject of a request or a certificate says. */
export interface Subject {
  /** Values of CN, in order. */
  readonly commonNames: readonly string[];
  /** Values of O, in order. */
  readonly organizations: readonly string[];
  /** What nobody would be shown, or what two programs could read differently; one phrase each. */
  readonly refusals: readonly string[];
  /** What was read, to be encoded anew. A subject with other bytes says something else, or says it in another way. */
  readonly name: Name;
}

/**
 * Reads a subject as Go does. Attributes that share a relative distinguished name count one by one, in their order: Go
 * and kube-controller-manager flatten them, and put all organizations into one.
 */
export function readSubject(name: Name): Subject {
  const refusals: string[] = [];
  const values: Readonly<Record<string, string[] | undefined>> = { [commonName]: [], [organization]: [] };
  const read = name.map(
    (names) =>
      new RelativeDistinguishedName(
        [...names].map(({ type, value }) => {
          const listed = values[type];
          const text = plainText(value);
          if (listed === undefined) {
            refusals.push(`its subject holds ${attributeName(type)}, expected CN and O only`);
          } else if (text === undefined) {
            refusals.push(
              `its subject's ${attributeName(type)} is ${stringType(value)}, expected a UTF8String or a PrintableString`,
            );
          } else {
            refusals.push(...valueRefusals(attributeName(type), value, text));
            listed.push(text);
          }
          return new AttributeTypeAndValue({ type, value: canonical(value) });
        }),
      ),
  );
  if (read.some(({ length }) => length === 0)) {
    refusals.push("its subject has an empty part");
  }
  return {
    commonNames: values[commonName] ?? [],
    organizations: values[organization] ?? [],
    refusals,
    name: new Name(read),
  };
}

/** The subject of an identity: one part for each organization, then the common name, all of them UTF8Strings. */
export function subjectName({ username, groups }: Identity): Name {
  const part = (type: string, utf8String: string): RelativeDistinguishedName =>
    new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) })]);
  return new Name([...groups.map((group) => part(organization, group)), part(commonName, username)]);
}

function attributeName(type: string): string {
  const own = { [commonName]: "CN", [organization]: "O" }[type];
  const name = attributeNames[type];
  return own ?? (name === undefined ? `the attribute ${type}` : `${name} (${type})`);
}

/** A value of the two string types that every program reads alike. */
function plainText({ utf8String, printableString }: AttributeValue): string | undefined {
  return utf8String ?? printableString;
}

function canonical(value: AttributeValue): AttributeValue {
  const { utf8String, printableString } = value;
  return utf8String !== undefined
    ? new AttributeValue({ utf8String })
    : printableString !== undefined
      ? new AttributeValue({ printableString })
      : value;
}

function valueRefusals(name: string, { printableString }: AttributeValue, text: string): string[] {
  return [
    ...(text === "" ? [`its subject's ${name} is empty`] : []),
    // To some programs a text ends there.
    ...(text.includes("\0") ? [`its subject's ${name} holds a NUL character: ${describe(text)}`] : []),
    ...(printableString === undefined || printable.test(text)
      ? []
      : [`its subject's ${name} holds characters that no PrintableString has: ${describe(text)}`]),
  ];
}

function stringType(value: AttributeValue): string {
  const tag = tagOf(value);
  const name = tag === undefined ? undefined : stringTypes[tag];
  return name === undefined ? "no string" : `of the type ${name}`;
}

/** Undefined for a value that the library has read and cannot write, such as a UTCTime that is none. */
function tagOf(value: AttributeValue): number | undefined {
  try {
    return Buffer.from(AsnConvert.serialize(value))[0];
  } catch {
    return undefined;
  }
}
