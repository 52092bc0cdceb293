import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";

import { isObject } from "../../json.mts";

/** Properties as the engine sends them to a plugin that wants no marks of secrets. */
export type Properties = Readonly<Record<string, JavaScriptValue>>;

/** Stands in a preview for a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Why a property is refused. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** One type of resource. All of them are made once and never changed: a change of any input makes a new one. */
export interface ResourceKind {
  readonly inputs: readonly string[];
  /** The outputs that `create` adds to the inputs. */
  readonly computed: readonly string[];
  readonly defaults: Properties;
  /** Looks at inputs, some of which may be unknown. */
  check(inputs: Properties): Failure[];
  /** @throws Error, without any key material in its text */
  create(inputs: Properties): Promise<{ readonly id: string; readonly outputs: Properties }>;
}

const generate = promisify(generateKeyPair);

/** Node's names of the curves. */
const curves = new Map<unknown, string>([
  ["P224", "secp224r1"],
  ["P256", "prime256v1"],
  ["P384", "secp384r1"],
  ["P521", "secp521r1"],
]);

/** Go's cryptography refuses shorter ones. */
const minRsaBits = 1024;

/** `tls.PrivateKey`: a key pair in PEM. */
export const privateKey: ResourceKind = {
  inputs: ["algorithm", "ecdsaCurve", "rsaBits"],
  computed: ["privateKeyPem", "privateKeyPemPkcs8", "publicKeyPem"],
  // Both are there whatever the algorithm is: the official plugin stores them so.
  defaults: { ecdsaCurve: "P224", rsaBits: 2048 },
  check: ({ algorithm, ecdsaCurve = unknownValue, rsaBits = unknownValue }) => [
    ...oneOf("algorithm", algorithm, ["RSA", "ECDSA", "ED25519"]),
    ...oneOf("ecdsaCurve", ecdsaCurve, [...curves.keys()]),
    ...(rsaBits === unknownValue || (Number.isInteger(rsaBits) && Number(rsaBits) >= minRsaBits)
      ? []
      : [
          {
            property: "rsaBits",
            reason: `expected a whole number, at least ${minRsaBits}, got: ${JSON.stringify(rsaBits)}`,
          },
        ]),
  ],
  create: async ({ algorithm, ecdsaCurve, rsaBits }) => {
    const key = await newKey(algorithm, curves.get(ecdsaCurve) ?? "", Number(rsaBits));
    const publicKey = createPublicKey(key);
    return {
      id: idOf(publicKey.export({ type: "spki", format: "der" })),
      outputs: {
        privateKeyPem: traditionalPem(key),
        privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }).toString(),
        publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    };
  },
};

/** Generates in a thread of its own, so that many keys at a time do not hold up other calls. */
async function newKey(algorithm: unknown, namedCurve: string, modulusLength: number): Promise<KeyObject> {
  if (algorithm === "ED25519") return (await generate("ed25519")).privateKey;
  if (algorithm === "RSA") return (await generate("rsa", { modulusLength })).privateKey;
  return (await generate("ec", { namedCurve })).privateKey;
}

/** Each algorithm's own form: PKCS#1 for RSA, SEC 1 for ECDSA; ED25519 has none but PKCS#8. */
function traditionalPem(key: KeyObject): string {
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs1", format: "pem" }).toString();
  return key.export({ type: key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8", format: "pem" }).toString();
}

/** `tls.CertRequest`: a PKCS#10 certificate signing request of a user and at most one group. */
export const certRequest: ResourceKind = {
  inputs: ["privateKeyPem", "subject"],
  computed: ["certRequestPem", "keyAlgorithm"],
  defaults: {},
  check: ({ privateKeyPem, subject }) => [
    ...(typeof privateKeyPem === "string" ? [] : [{ property: "privateKeyPem", reason: "expected a string" }]),
    ...checkSubject(subject),
  ],
  create: async ({ privateKeyPem, subject }) => {
    const key = parseKey(privateKeyPem);
    const { commonName, organization } = isObject(subject) ? subject : {};
    // Loading ASN.1 takes as long as loading all the rest, and most runs make no request.
    const { certificateRequest } = await import("../../control-plane/certificates.mts");
    const certRequestPem = certificateRequest(
      { commonName: String(commonName), organizations: typeof organization === "string" ? [organization] : [] },
      key,
    );
    const keyAlgorithm = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" }[String(key.asymmetricKeyType)] ?? "";
    return { id: idOf(certRequestPem), outputs: { certRequestPem, keyAlgorithm } };
  },
};

function checkSubject(subject: unknown): Failure[] {
  if (subject === unknownValue) return [];
  if (!isObject(subject)) return [{ property: "subject", reason: "expected an object with a commonName" }];
  const unknown = Object.keys(subject)
    .filter((name) => !["commonName", "organization"].includes(name) && !name.startsWith("__"))
    .map((name) => ({
      property: `subject.${name}`,
      reason: "not in this stub, which has commonName and organization",
    }));
  const { commonName, organization = "" } = subject;
  return [
    ...unknown,
    ...Object.entries({ commonName, organization })
      .filter(([, value]) => typeof value !== "string")
      .map(([name]) => ({ property: `subject.${name}`, reason: "expected a string" })),
  ];
}

/** Says what is wrong without a word of the key, and without the library's own words, which may quote it. */
function parseKey(text: unknown): KeyObject {
  try {
    return createPrivateKey(typeof text === "string" ? text : "");
  } catch {
    throw new Error("Failed to parse private key PEM: privateKeyPem holds no private key that Node.js can read");
  }
}

/** One failure unless a value is one of those allowed, or not known yet. */
function oneOf(property: string, value: unknown, allowed: readonly unknown[]): Failure[] {
  if (value === unknownValue || allowed.includes(value)) return [];
  return [{ property, reason: `value must be one of: ${allowed.join(", ")}; got: ${JSON.stringify(value)}` }];
}

function idOf(content: string | Buffer): string {
  return createHash("sha1").update(content).digest("hex");
}
