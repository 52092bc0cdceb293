import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { type ServedResource } from "../host";

/** Inputs of a {@link CertificateRequest}. */
export interface CertificateRequestArgs {
  /** Signs the request; secret, kept as an input only. */
  readonly privateKeyPem: Input<string>;
  /** Its public half, by which a change of the key is seen. */
  readonly publicKeyPem: Input<string>;
  readonly username: Input<string>;
  readonly groups: Input<readonly string[]>;
}

/** A PKCS#10 request with several organizations, which `tls.CertRequest` cannot make: it takes one. */
export class CertificateRequest extends CustomResource {
  /** PEM. */
  declare readonly certRequestPem: Output<string>;

  constructor(name: string, args: CertificateRequestArgs, opts: CustomResourceOptions, served: ServedResource) {
    super(served.type, name, { ...args, certRequestPem: undefined, ...served.inputs }, { ...served.opts, ...opts });
  }
}
