import { generateKeyPairSync } from "node:crypto";
import { type KeySpec, ecdsaCurves, rsaSizes } from "../../components/core/options/private-key";

/** Key kinds as the command line names them. */
const keySpecs: ReadonlyMap<string, KeySpec> = new Map<string, KeySpec>([
  ...ecdsaCurves.map((ecdsaCurve) => [`ECDSA-${ecdsaCurve}`, { algorithm: "ECDSA", ecdsaCurve }] as const),
  ...rsaSizes.map((rsaBits) => [`RSA-${rsaBits}`, { algorithm: "RSA", rsaBits }] as const),
  ["ED25519", { algorithm: "ED25519" }],
]);

/** What `--key-algorithm` takes; the first is the default. */
export const keyAlgorithmNames: readonly string[] = [...keySpecs.keys()];

/** A new private key, PKCS#8 PEM. */
export function generateKey(algorithmName: string): string {
  const spec = keySpecs.get(algorithmName);
  if (spec === undefined) {
    throw new RangeError(`expected one of ${keyAlgorithmNames.join(", ")}, got ${algorithmName}`);
  }
  return generate(spec).privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

function generate({ algorithm, ecdsaCurve, rsaBits }: KeySpec): ReturnType<typeof generateKeyPairSync> {
  switch (algorithm) {
    case "ECDSA":
      return generateKeyPairSync("ec", { namedCurve: (ecdsaCurve ?? "P256").replace("P", "P-") });
    case "RSA":
      return generateKeyPairSync("rsa", { modulusLength: rsaBits ?? 3072 });
    case "ED25519":
      return generateKeyPairSync("ed25519");
  }
}
