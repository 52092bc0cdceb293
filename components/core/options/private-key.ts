import { type OptionSpec, type TableOf, andAlso, choice, withDefault } from "./option-table";
import { describe } from "./validation-errors";

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

/** The `privateKey` option: a {@link KeySpec} of which everything has a default. */
export type PrivateKeyOptions = { readonly [Name in keyof KeySpec]?: KeySpec[Name] | undefined };

/** The algorithm that a key has unless another is named. */
const defaultAlgorithm = "ECDSA";

/** An option that keys of one algorithm have. */
function onlyOf<Value extends string | number>(
  algorithm: KeyAlgorithm,
  what: string,
  choices: readonly Value[],
): OptionSpec<Value> {
  return andAlso(choice(choices), (errors, { path, value, beside }) => {
    const chosen = keyAlgorithms.find((one) => one === (beside["algorithm"] ?? defaultAlgorithm));
    if (chosen !== undefined && chosen !== algorithm && value !== undefined) {
      errors.add(path, `an ${chosen} key has no ${what} to choose, got ${describe(value)}. Leave it out.`);
    }
  });
}

/** The options of a private key. */
export const keyOptions = {
  algorithm: withDefault(defaultAlgorithm, choice(keyAlgorithms)),
  ecdsaCurve: withDefault("P256", onlyOf("ECDSA", "curve", ecdsaCurves)),
  rsaBits: withDefault(3072, onlyOf("RSA", "size", rsaSizes)),
} satisfies TableOf<PrivateKeyOptions>;

/** Fills in the defaults: ECDSA on P256; RSA with 3072 bits. */
export function resolveKey(key: PrivateKeyOptions = {}): KeySpec {
  switch (key.algorithm ?? keyOptions.algorithm.default) {
    case "ECDSA":
      return { algorithm: "ECDSA", ecdsaCurve: key.ecdsaCurve ?? keyOptions.ecdsaCurve.default };
    case "RSA":
      return { algorithm: "RSA", rsaBits: key.rsaBits ?? keyOptions.rsaBits.default };
    case "ED25519":
      return { algorithm: "ED25519" };
  }
}
