import { createPrivateKey, type KeyObject } from "node:crypto";
import { isIP } from "node:net";

import { idOf, pem } from "./openssh.mts";
import {
  type Created,
  type Failure,
  isProperties,
  isUnknown,
  type Properties,
  type PropertyValue,
  type ResourceKind,
} from "./properties.mts";

const subjectProperties = [
  "commonName",
  "country",
  "emailAddress",
  "locality",
  "organization",
  "organizationalUnit",
  "postalCode",
  "province",
  "serialNumber",
  "streetAddresses",
];

const listProperties = ["dnsNames", "ipAddresses", "uris"] as const;

/** What the official plugin calls the kinds of keys. */
const algorithmNames = new Map<string | undefined, string>([
  ["rsa", "RSA"],
  ["ec", "ECDSA"],
  ["ed25519", "ED25519"],
]);

/** `tls.CertRequest`: a PKCS#10 certificate signing request. */
export const certRequest: ResourceKind = {
  inputs: ["dnsNames", "ipAddresses", "privateKeyPem", "subject", "uris"],
  computed: ["certRequestPem", "keyAlgorithm"],
  secrets: ["privateKeyPem"],
  defaults: {},
  check,
  create,
};

function check(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  const { privateKeyPem, subject } = inputs;
  if (privateKeyPem === undefined) {
    failures.push({
      property: "privateKeyPem",
      reason: "Missing required property 'privateKeyPem' (the stub plugin has no privateKeyPemWo)",
    });
  } else if (typeof privateKeyPem !== "string") {
    failures.push({ property: "privateKeyPem", reason: "expected a string" });
  }
  if (subject !== undefined && !isUnknown(subject)) failures.push(...checkSubject(subject));
  for (const property of listProperties) {
    const names = inputs[property];
    if (names === undefined || isUnknown(names)) continue;
    if (!isStringList(names)) failures.push({ property, reason: "expected a list of strings" });
    else if (property !== "dnsNames" && names.includes("")) {
      failures.push({ property, reason: "string length must be at least 1, got: 0" });
    }
  }
  return failures;
}

function checkSubject(subject: PropertyValue): Failure[] {
  if (!isProperties(subject)) return [{ property: "subject", reason: "expected an object" }];
  return Object.entries(subject).flatMap(([name, value]) => {
    const property = `subject.${name}`;
    if (!subjectProperties.includes(name)) {
      return [{ property, reason: `not a property of a subject; there are: ${subjectProperties.join(", ")}` }];
    }
    if (name === "streetAddresses") {
      return isStringList(value) ? [] : [{ property, reason: "expected a list of strings" }];
    }
    return typeof value === "string" ? [] : [{ property, reason: "expected a string" }];
  });
}

async function create(inputs: Properties): Promise<Created> {
  const key = parseKey(inputs["privateKeyPem"]);
  const subject = inputs["subject"];
  const content = {
    subject: isProperties(subject) ? subject : {},
    dnsNames: stringsOf(inputs["dnsNames"]).map(ia5),
    ipAddresses: stringsOf(inputs["ipAddresses"]).map(address),
    uris: stringsOf(inputs["uris"]).map(uri).map(ia5),
  };
  // Loading ASN.1 takes as long as loading all the rest, and most runs make no request.
  const { signingRequest } = await import("./signing-request.mts");
  const der = await signingRequest(key, content);
  return {
    id: idOf(der),
    outputs: {
      certRequestPem: pem("CERTIFICATE REQUEST", der),
      keyAlgorithm: algorithmNames.get(key.asymmetricKeyType) ?? "",
    },
  };
}

/** Says what is wrong without a word of the key, and without the library's own words, which may quote it. */
function parseKey(text: PropertyValue | undefined): KeyObject {
  const [, type] = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(typeof text === "string" ? text : "") ?? [];
  if (typeof text !== "string" || type === undefined) {
    throw new Error("Failed to parse private key PEM: privateKeyPem holds no PEM block");
  }
  if (!["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"].includes(type)) {
    throw new Error(
      `Failed to parse private key PEM: unsupported PEM type "${type}"; ` +
        "supported are RSA PRIVATE KEY, EC PRIVATE KEY and PRIVATE KEY",
    );
  }
  try {
    return createPrivateKey(text);
  } catch {
    throw new Error(`Failed to parse private key PEM: the block "${type}" holds no such key`);
  }
}

function address(text: string): string {
  if (isIP(text) === 0 || text.includes("%")) {
    throw new Error(`Invalid IP address: Failed to parse ${JSON.stringify(text)}`);
  }
  return text;
}

function uri(text: string): string {
  // Go's url.Parse takes nearly everything; these two are what it refuses and what a certificate cannot hold.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]|%(?![0-9A-Fa-f]{2})/.test(text)) {
    throw new Error(`Invalid URI: Failed to parse ${JSON.stringify(text)}`);
  }
  return text;
}

/** Names in certificates are ASCII: others must be in their encoded form already. */
function ia5(text: string): string {
  // eslint-disable-next-line no-control-regex -- ASCII begins with them
  if (!/^[\x00-\x7f]*$/.test(text)) throw new Error(`${JSON.stringify(text)} cannot be encoded as an IA5String`);
  return text;
}

function stringsOf(value: PropertyValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function isStringList(value: PropertyValue): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
