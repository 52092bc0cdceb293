import { createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

import { idOf, md5Fingerprint, openSshKey, sha256Fingerprint } from "./openssh.mts";
import { type Created, type Failure, isUnknown, oneOf, type Properties, type ResourceKind } from "./properties.mts";

const generate = promisify(generateKeyPair);

const algorithms = ["RSA", "ECDSA", "ED25519"] as const;

/** Node's names of the curves. */
const curves = new Map([
  ["P224", "secp224r1"],
  ["P256", "prime256v1"],
  ["P384", "secp384r1"],
  ["P521", "secp521r1"],
]);

/** Go's cryptography refuses shorter ones. */
const minRsaBits = 1024;

/** `tls.PrivateKey`: a key pair in every form that programs ask for. */
export const privateKey: ResourceKind = {
  inputs: ["algorithm", "ecdsaCurve", "rsaBits"],
  computed: [
    "privateKeyOpenssh",
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
    "publicKeyOpenssh",
    "publicKeyPem",
  ],
  secrets: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  // Both are there whatever the algorithm is: the official plugin stores them so.
  defaults: { ecdsaCurve: "P224", rsaBits: 2048 },
  check,
  create,
};

function check({ algorithm, ecdsaCurve, rsaBits }: Properties): Failure[] {
  const failures: Failure[] = [];
  if (algorithm === undefined) {
    failures.push({ property: "algorithm", reason: "Missing required property 'algorithm'" });
  } else if (!isUnknown(algorithm)) {
    failures.push(...oneOf("algorithm", algorithm, algorithms));
  }
  if (ecdsaCurve !== undefined && !isUnknown(ecdsaCurve)) {
    failures.push(...oneOf("ecdsaCurve", ecdsaCurve, [...curves.keys()]));
  }
  if (rsaBits !== undefined && !isUnknown(rsaBits) && !Number.isInteger(rsaBits)) {
    failures.push({ property: "rsaBits", reason: `expected a whole number, got: ${JSON.stringify(rsaBits)}` });
  }
  return failures;
}

async function create({ algorithm, ecdsaCurve, rsaBits }: Properties): Promise<Created> {
  const key = await newKey(algorithm, ecdsaCurve, rsaBits);
  const publicKey = createPublicKey(key);
  const openSsh = openSshKey(key);
  return {
    id: idOf(publicKey.export({ type: "spki", format: "der" })),
    outputs: {
      privateKeyOpenssh: openSsh?.privateKey ?? "",
      privateKeyPem: traditionalPem(key),
      privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }).toString(),
      publicKeyFingerprintMd5: openSsh === undefined ? "" : md5Fingerprint(openSsh.blob),
      publicKeyFingerprintSha256: openSsh === undefined ? "" : sha256Fingerprint(openSsh.blob),
      publicKeyOpenssh: openSsh?.publicKey ?? "",
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    },
  };
}

/** Generates in a thread of its own, so that many keys at a time do not hold up other calls. */
async function newKey(algorithm: unknown, ecdsaCurve: unknown, rsaBits: unknown): Promise<KeyObject> {
  if (algorithm === "ED25519") return (await generate("ed25519")).privateKey;
  if (algorithm === "RSA") {
    if (typeof rsaBits !== "number" || rsaBits < minRsaBits) {
      throw new Error(
        `Unable to generate Key from configuration: rsaBits: expected at least ${minRsaBits}, got ${String(rsaBits)}`,
      );
    }
    return (await generate("rsa", { modulusLength: rsaBits })).privateKey;
  }
  const namedCurve = algorithm === "ECDSA" ? curves.get(String(ecdsaCurve)) : undefined;
  if (namedCurve === undefined) throw new Error(`Key Algorithm ${JSON.stringify(algorithm)} is not supported`);
  return (await generate("ec", { namedCurve })).privateKey;
}

/** Each algorithm's own form: PKCS#1 for RSA, SEC 1 for ECDSA; ED25519 has none but PKCS#8. */
function traditionalPem(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return key.export({ type: "pkcs1", format: "pem" }).toString();
    case "ec":
      return key.export({ type: "sec1", format: "pem" }).toString();
    default:
      return key.export({ type: "pkcs8", format: "pem" }).toString();
  }
}
