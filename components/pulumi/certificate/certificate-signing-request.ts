import { CustomResource, type CustomResourceOptions, type Input, Output, secret } from "@pulumi/pulumi";
import { type OpenRequest } from "../../core/lifecycle/certificate-state";
import {
  type CertificateDeclaration,
  type Defaulted,
  defaultedOptions,
  isDefault,
} from "../../core/lifecycle/declaration";
import { type Grant } from "../../core/rbac/grants";
import { storedGrants } from "../../core/rbac/stored-grants";
import { type Host } from "../host";
import { isSecretOutput } from "../outputs";
import { registering } from "../registration";

/** Inputs of a {@link CertificateSigningRequest}, each of which may not be known yet. */
export type CertificateSigningRequestArgs = {
  readonly [Name in keyof Others]: Input<NonNullable<Others[Name]> | undefined>;
} & { readonly access: Output<Grant[]> };

type Others = Omit<CertificateDeclaration, "access">;

/** What the provider returns and the component shows. */
const outputs = [
  "phase",
  "certificate",
  "csrName",
  "serialNumber",
  "credentialId",
  "notBefore",
  "notAfter",
  "renewAfter",
  "openRequest",
] as const;

/**
 * A certificate, with all that it takes to get it: one logical resource that owns the request's whole life. The object
 * in the cluster may go (Kubernetes removes it after an hour): the certificate is in the state.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
export class CertificateSigningRequest extends CustomResource {
  /** Undefined where tests with mocks return none. */
  declare readonly phase: Output<"issued" | OpenRequest["phase"] | undefined>;
  /** PEM. Undefined, like all that is said of it, while nothing is issued. */
  declare readonly certificate: Output<string | undefined>;
  /** Undefined, too, for a certificate that was adopted. */
  declare readonly csrName: Output<string | undefined>;
  declare readonly serialNumber: Output<string | undefined>;
  declare readonly credentialId: Output<string | undefined>;
  declare readonly notBefore: Output<string | undefined>;
  declare readonly notAfter: Output<string | undefined>;
  declare readonly renewAfter: Output<string | undefined>;
  /** The request that nobody waits for, if there is one. */
  declare readonly openRequest: Output<OpenRequest | undefined>;
  /** The grants that have been judged, as they are recorded. */
  declare readonly access: Output<unknown>;
  /** The end of access that has been judged, RFC 3339. */
  declare readonly accessUntil: Output<string | undefined>;

  /** @param host what makes it. If it has hooks, these read the inputs, which then are all there, as they were declared. */
  constructor(
    name: string,
    args: CertificateSigningRequestArgs,
    opts: CustomResourceOptions,
    { certificateSigningRequest: served, hooks }: Host,
  ) {
    using _ = registering(opts.parent);
    const unknownUntilCreated = Object.fromEntries(outputs.map((output) => [output, undefined]));
    const secrets = { kubeconfig: optionalSecret(args.kubeconfig), privateKey: optionalSecret(args.privateKey) };
    super(
      served.type,
      name,
      { ...(hooks === undefined ? shortInputs(args) : args), ...secrets, ...unknownUntilCreated, ...served.inputs },
      { ...served.opts, ...opts },
    );
  }
}

/** The inputs in short: the engine writes and walks through all of them at each step. */
function shortInputs(args: CertificateSigningRequestArgs): Readonly<Record<string, unknown>> {
  const others = defaultedOptions.map((name): [string, unknown] => [name, unlessDefault(name, args[name])]);
  return { ...args, ...Object.fromEntries(others), access: args.access.apply(storedGrants) };
}

function unlessDefault(name: Defaulted, value: Input<unknown>): Input<unknown> {
  if (!Output.isInstance(value)) {
    return isDefault(name, value) ? undefined : value;
  }
  // Of a secret that is undefined, the SDK makes one that is null, which is not the default.
  const stored = async (known: unknown): Promise<unknown> =>
    isDefault(name, known) && !(await isSecretOutput(value)) ? undefined : known;
  return value.apply(stored);
}

function optionalSecret(value: Input<string | undefined> | undefined): Output<string | undefined> | undefined {
  return value === undefined ? undefined : secret(value);
}
