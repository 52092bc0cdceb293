import { type Attribute } from "@peculiar/asn1-x509";
import { describe, describeList } from "../options/validation-errors";
import { type Subject } from "../x509/distinguished-name";
import { maximumGroups, repeated } from "../options/identity";
import { longestText } from "../x509/pem";

/** The PEM label of a PKCS#10 request (RFC 7468), the only one that Kubernetes takes. */
export const requestLabel = "CERTIFICATE REQUEST";

/** openssl finds the request in most texts, and writes it as everybody reads it. */
const rewrite = "Write the request alone into a file: openssl req -in FILE -out CLEAN";

/** Attributes that ask for extensions, and others that tools write, for messages. */
const attributeNames: Readonly<Record<string, string | undefined>> = {
  "1.2.840.113549.1.9.2": "an unstructuredName",
  "1.2.840.113549.1.9.7": "a challengePassword, which would not stay secret",
  "1.2.840.113549.1.9.14": "requested extensions",
  "1.3.6.1.4.1.311.2.1.14": "requested extensions, in Microsoft's way",
};

/** Why a text is not one PEM block of a request. */
export function pemRefusal(text: string): string {
  // Also beside a request: what is given is kept in state and sent to the cluster.
  if (text.includes("PRIVATE KEY")) {
    return "it holds a private key, which must stay with its owner";
  }
  if (text.length > longestText) {
    return `it has ${text.length} characters, expected at most ${longestText}`;
  }
  const begins = text.match(/-----BEGIN /g)?.length ?? 0;
  if (text.includes(`-----BEGIN NEW ${requestLabel}-----`) && begins === 1) {
    return `its block is a "NEW ${requestLabel}", which Kubernetes does not accept. ${rewrite}`;
  }
  if (!text.includes(`-----BEGIN ${requestLabel}-----`)) {
    return `it has no "BEGIN ${requestLabel}" block`;
  }
  if (begins > 1) {
    return `it has ${begins} PEM blocks, and programs differ on which of them is meant. Keep one`;
  }
  return (
    `expected one "BEGIN ${requestLabel}" block in plain base64 and nothing else: around other text, headers or blank lines, ` +
    `programs differ on what is the request. ${rewrite}`
  );
}

/**
 * What the attributes of a request ask for. None is taken, also not those that ask for nothing: no certificate holds
 * them, some programs find extensions in what others skip, and a challengePassword would be in the open.
 */
export function attributeRefusals(attributes: readonly Attribute[]): string[] {
  return attributes.map(
    ({ type }) =>
      `it holds ${attributeNames[type] ?? "an attribute"} (${type}), expected none: a user's certificate has a subject and a key only. ` +
      'Make it without, e.g. with "kubernetes-user request"',
  );
}

/** What keeps a subject from being a user and groups. */
export function subjectRefusals({ commonNames, organizations, refusals }: Subject): string[] {
  const twice = repeated(organizations);
  return [
    ...refusals,
    ...(commonNames.length <= 1
      ? []
      : [`its subject has more than one common name (CN), which is the user's name: ${describeList(commonNames)}`]),
    ...(organizations.length <= maximumGroups
      ? []
      : [
          `its subject has ${organizations.length} organizations (O), which are groups, expected at most ${maximumGroups}`,
        ]),
    ...(twice === undefined ? [] : [`its subject has the organization (O) ${describe(twice)} twice`]),
  ];
}
