import { sentence } from "../text/sentence";
import { InvalidCertificate, parseGivenCertificate } from "../x509/given-certificate";
import { InvalidPrivateKey, type PrivateKey, parsePrivateKey } from "../x509/private-key";
import {
  type GivenOption,
  type OptionSpec,
  type TableOf,
  checkOptions,
  checkedBy,
  option,
  textShape,
} from "./option-table";
import { type ValidationErrors, isRecord } from "./validation-errors";

/** A certificate that a person has already, to be taken over. */
export interface AdoptOptions {
  /** PEM. */
  readonly certificate: string;
  /** PEM. Secret. */
  readonly privateKey?: string | undefined;
}

/** The options of {@link AdoptOptions}. */
export const adoptOptions = {
  certificate: {
    ...checkedBy<string>(textShape, (errors, path, value) => {
      checkPem(errors, path, value ?? null, "the certificate that the person has", parseGivenCertificate);
    }),
    isRequired: true,
  },
  privateKey: checkedBy<string>({ kind: "text", isSecret: true }, (errors, path, value) => {
    checkPem(errors, path, value, "the certificate's private key", parsePrivateKey);
  }),
} satisfies TableOf<AdoptOptions>;

/**
 * The `adopt` option. Whether its certificate is the one that is declared is not asked here: it depends on the clock, and
 * matters only as long as the state has none.
 */
export const adoptOption: OptionSpec<AdoptOptions> = option<AdoptOptions>(
  { kind: "object", table: adoptOptions },
  (errors, { path, value, beside }) => {
    const given = checkOptions(errors, path, value, adoptOptions);
    if (given !== undefined) {
      checkKeyGiven(errors, `${path}.privateKey`, given["privateKey"], beside);
      checkPair(errors, path, given);
    }
  },
);

/** The key that comes with the `adopt` option, which has passed its check; undefined where none does, or it is not known yet. */
export function adoptedKey(adopt: unknown): PrivateKey | undefined {
  const pem = isRecord(adopt) ? adopt["privateKey"] : undefined;
  return typeof pem === "string" ? parsePrivateKey(pem) : undefined;
}

/** Notes what keeps a value from being a PEM text of its kind. Nothing of it is shown: one may be given for the other. */
function checkPem(
  errors: ValidationErrors,
  path: string,
  value: unknown,
  what: string,
  parse: (text: string) => unknown,
): void {
  const isText = typeof value === "string" && value !== "";
  if (!isText) {
    errors.string(path, value);
    return;
  }
  const refusal = refusalOf(value, parse);
  if (refusal !== undefined) {
    errors.add(path, `expected ${what}, in PEM: ${sentence(refusal)}`);
  }
}

function refusalOf(text: string, parse: (text: string) => unknown): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidCertificate || error instanceof InvalidPrivateKey) {
      return error.message;
    }
    throw error;
  }
}

/** The key is either here or with its owner, who then has made a request with it. */
function checkKeyGiven(
  errors: ValidationErrors,
  path: string,
  privateKey: unknown,
  beside: GivenOption["beside"],
): void {
  const { request } = beside;
  if (privateKey !== undefined && request !== undefined) {
    errors.add(path, "it cannot be combined with request, whose key stays with its owner. Leave out one of them.");
  }
  if (privateKey === undefined && request === undefined) {
    errors.add(
      path,
      "expected the certificate's private key, in PEM, got nothing. If the key is to stay with its owner, give request: " +
        "a PKCS#10 request that was made with it.",
    );
  }
}

/** A key and a certificate of others would make a kubeconfig that does not work. */
function checkPair(
  errors: ValidationErrors,
  path: string,
  { certificate, privateKey }: Readonly<Record<string, unknown>>,
): void {
  if (
    typeof certificate !== "string" ||
    typeof privateKey !== "string" ||
    refusalOf(certificate, parseGivenCertificate) !== undefined ||
    refusalOf(privateKey, parsePrivateKey) !== undefined
  ) {
    return;
  }
  if (!parseGivenCertificate(certificate).leaf.publicKey.equals(parsePrivateKey(privateKey).publicKey)) {
    errors.add(
      `${path}.certificate`,
      `it is not for the key of ${path}.privateKey. Give a certificate and a key that belong together.`,
    );
  }
}
