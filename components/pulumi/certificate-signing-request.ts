import { all, CustomResource, type CustomResourceOptions, type Input, type Output, secret } from "@pulumi/pulumi";
import {
  type CertificateSigningRequestInputs,
  type CertificateSigningRequestState,
} from "./certificate-signing-request-state";
import { approvalPending } from "../cluster/issuance-messages";
import { type Gate, gateOf } from "./gate";
import { providerText } from "./provider-text";

/** Inputs of a {@link CertificateSigningRequest}, each of which may not be known yet. */
export type CertificateSigningRequestArgs = {
  readonly [Name in keyof CertificateSigningRequestInputs]: Input<
    NonNullable<CertificateSigningRequestInputs[Name]> | undefined
  >;
};

/** What the provider returns and the component shows. */
const outputs = ["certificate", "csrName", "serialNumber", "notBefore", "notAfter", "renewAfter"] as const;

/**
 * A certificate, with all that it takes to get it: one logical resource that owns the request's whole life. The object
 * in the cluster may go (Kubernetes removes it after an hour): the certificate is in the state.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
export class CertificateSigningRequest
  extends CustomResource
  implements Record<(typeof outputs)[number], Output<string>>
{
  declare readonly certificate: Output<string>;
  declare readonly csrName: Output<string>;
  declare readonly serialNumber: Output<string>;
  declare readonly notBefore: Output<string>;
  declare readonly notAfter: Output<string>;
  declare readonly renewAfter: Output<string>;

  constructor(name: string, args: CertificateSigningRequestArgs, opts: CustomResourceOptions) {
    const unknownUntilCreated: Partial<Record<keyof CertificateSigningRequestState, undefined>> = Object.fromEntries(
      outputs.map((output) => [output, undefined]),
    );
    const secrets = { kubeconfig: optionalSecret(args.kubeconfig), privateKey: optionalSecret(args.privateKey) };
    super(
      "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest",
      name,
      { ...args, ...secrets, ...unknownUntilCreated, __provider: providerText("certificateSigningRequest") },
      opts,
    );
  }
}

function optionalSecret(value: Input<string | undefined> | undefined): Output<string | undefined> | undefined {
  return value === undefined ? undefined : secret(value);
}

/**
 * Opens once there is a certificate. When the request was only submitted, for somebody to approve while no run waits,
 * the run ends with an error that says so.
 */
export function issuedGate({ certificate, csrName }: CertificateSigningRequest, username: Output<string>): Gate {
  return gateOf(all([certificate, csrName, username]), ([pem, name, user]) => {
    if (pem === "") {
      throw approvalPending(user, name, "it was submitted");
    }
  });
}
