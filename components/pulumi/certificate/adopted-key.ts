import { type Input, Output, all, output, secret, unsecret } from "@pulumi/pulumi";
import { type Adoption } from "../../core/lifecycle/declaration";
import { type Policy } from "../../core/options/policy";
import { parseGivenCertificate } from "../../core/x509/given-certificate";
import { parsePrivateKey } from "../../core/x509/private-key";
import { type AdoptArgs } from "../kubernetes-user-args";
import { type WhenValid } from "../outputs";

/** A private key and its public half, as `tls.PrivateKey` has them. */
export interface UserKey {
  /** Secret. */
  readonly privateKeyPem: Output<string>;
  /** PKCS#8. Secret. */
  readonly privateKeyPemPkcs8: Output<string>;
  readonly publicKeyPem: Output<string>;
}

/** The key that comes with a certificate that is adopted. Whatever it was given as, it is secret from here on. */
export function adoptKey(adopt: Input<AdoptArgs>, whenValid: WhenValid): UserKey {
  const key = secret(whenValid(output(fieldsOf(adopt).privateKey ?? ""))).apply((pem) => read(pem, parsePrivateKey));
  const pem = key.apply(({ pem }) => pem);
  const publicKeyPem = key.apply(({ publicKey }) => publicKey.export({ format: "pem", type: "spki" }).toString());
  return { privateKeyPem: pem, privateKeyPemPkcs8: pem, publicKeyPem: unsecret(publicKeyPem) };
}

/** What the certificate's resource needs to adopt a certificate: the key is no part of it. */
export function adoption(
  adopt: Input<AdoptArgs>,
  policy: Input<Policy> | undefined,
  whenValid: WhenValid,
): Output<Adoption> {
  const certificate = whenValid(output(fieldsOf(adopt).certificate)).apply((text) =>
    // What was read, and nothing that stood around it.
    read(text, (text) => parseGivenCertificate(text).pem),
  );
  const adopted = all([certificate, output(policy)]).apply(([certificate, policy]) => ({
    certificate,
    ...(policy?.maxExpirationSeconds === undefined ? {} : { maxExpirationSeconds: policy.maxExpirationSeconds }),
  }));
  // With a secret key, the whole of `adopt` may be secret. A certificate is public, and hooks have to see it.
  return unsecret(adopted);
}

/** What is read of a text. Of one that cannot be read, the checks tell, and nothing of it is ever known. */
function read<T>(text: string, parse: (text: string) => T): Promise<T> {
  return new Promise((resolve) => {
    try {
      resolve(parse(text));
    } catch {
      // The error of the checks ends the program.
    }
  });
}

/** The fields one by one, so that each is secret only if it was given as such, or with the whole. */
function fieldsOf(adopt: Input<AdoptArgs>): AdoptArgs {
  if (Output.isInstance(adopt) || adopt instanceof Promise) {
    const known: Output<Partial<Record<keyof AdoptArgs, string | undefined>> | undefined> = output(adopt);
    // It may come to nothing at all, of which the option's check tells.
    const field = (name: keyof AdoptArgs): Output<string> => known.apply((given) => given?.[name] ?? "");
    return { certificate: field("certificate"), privateKey: field("privateKey") };
  }
  return adopt;
}
