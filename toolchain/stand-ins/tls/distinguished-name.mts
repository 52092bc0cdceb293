import { AsnSerializer } from "@peculiar/asn1-schema";
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from "@peculiar/asn1-x509";
import { type Properties, type PropertyValue } from "./property-values.mts";

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
