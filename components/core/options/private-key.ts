import { type ValidationErrors, describe } from "./validation-errors";

/** Algorithms of the private key. */
export const keyAlgorithms = ["ECDSA", "RSA", "ED25519"] as const;

/** NIST curves of an ECDSA key. */
export const ecdsaCurves = ["P256", "P384", "P521"] as const;

/** Sizes of an RSA key, in bits. */
export const rsaSizes = [2048, 3072, 4096] as const;

/** An algorithm of {@link keyAlgorithms}. */
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** What kind of private key is made. */
export interface KeySpec {
  readonly algorithm: KeyAlgorithm;
  /** For ECDSA. */
  readonly ecdsaCurve?: (typeof ecdsaCurves)[number];
  /** For RSA. */
  readonly rsaBits?: (typeof rsaSizes)[number];
}

/** Notes what is wrong with the `privateKey` option. */
export function checkKey(errors: ValidationErrors, path: string, value: unknown): void {
  const key = errors.object(path, value, ["algorithm", "ecdsaCurve", "rsaBits"]);
  if (key === undefined) {
    return;
  }
  const algorithm =
    key["algorithm"] === undefined ? "ECDSA" : errors.choice(`${path}.algorithm`, key["algorithm"], keyAlgorithms);
  errors.choice(`${path}.ecdsaCurve`, key["ecdsaCurve"], ecdsaCurves);
  errors.choice(`${path}.rsaBits`, key["rsaBits"], rsaSizes);
  if (algorithm !== undefined && algorithm !== "ECDSA" && key["ecdsaCurve"] !== undefined) {
    errors.add(
      `${path}.ecdsaCurve`,
      `an ${algorithm} key has no curve to choose, got ${describe(key["ecdsaCurve"])}. Leave it out.`,
    );
  }
  if (algorithm !== undefined && algorithm !== "RSA" && key["rsaBits"] !== undefined) {
    errors.add(
      `${path}.rsaBits`,
      `an ${algorithm} key has no size to choose, got ${describe(key["rsaBits"])}. Leave it out.`,
    );
  }
}

/** Fills in the defaults: ECDSA on P256; RSA with 3072 bits. */
export function resolveKey(
  key: {
    algorithm?: KeyAlgorithm | undefined;
    ecdsaCurve?: KeySpec["ecdsaCurve"] | undefined;
    rsaBits?: KeySpec["rsaBits"] | undefined;
  } = {},
): KeySpec {
  switch (key.algorithm ?? "ECDSA") {
    case "ECDSA":
      return { algorithm: "ECDSA", ecdsaCurve: key.ecdsaCurve ?? "P256" };
    case "RSA":
      return { algorithm: "RSA", rsaBits: key.rsaBits ?? 3072 };
    case "ED25519":
      return { algorithm: "ED25519" };
  }
}
