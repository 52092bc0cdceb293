import { type CustomResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { type RequestReader } from "../core/certification-request";
import { type KeySpec, resolveKey } from "../core/private-key";
import { CertificateRequest } from "./certificate-request";
import { type KubernetesUserArgs } from "./kubernetes-user-args";
import { type Gate } from "./gate";

/** Who asks for a certificate, with which key. */
export interface KeyAndRequest {
  readonly username: Output<string>;
  readonly groups: Output<string[]>;
  /** PKCS#10, PEM. */
  readonly request: Output<string>;
  /** PKCS#8, PEM. Secret. Undefined when the key is only with its owner. */
  readonly privateKey: Output<string> | undefined;
}

/** The checks that inputs pass, and the reader of the request that they have used. */
interface Checks {
  readonly gate: Gate;
  readonly read: RequestReader;
}

/** Takes the request that the user brings, or makes a private key and a request that it signs. */
export function keyAndRequest(
  name: string,
  args: KubernetesUserArgs,
  { gate, read }: Checks,
  opts: CustomResourceOptions,
): KeyAndRequest {
  if (args.request !== undefined) {
    return takeRequest(args.request, args, { gate, read });
  }
  const username = output(args.username ?? name);
  const groups = args.groups ?? [];
  const key = makeKey(name, args, gate, opts);
  return {
    username,
    groups: plainGroups(groups),
    request: makeRequest(name, username, groups, key, opts),
    privateKey: key.privateKeyPemPkcs8,
  };
}

function takeRequest(request: Input<string>, args: KubernetesUserArgs, { gate, read }: Checks): KeyAndRequest {
  const checked = gate(output(request));
  const parsed = checked.apply(read);
  return {
    username: output(args.username ?? parsed.username),
    groups: plainGroups(args.groups ?? parsed.groups),
    // What was read, and nothing that stood around it.
    request: parsed.apply(({ pem }) => pem),
    privateKey: undefined,
  };
}

function plainGroups(groups: Input<readonly Input<string>[]>): Output<string[]> {
  return output(groups).apply((groups) => [...groups]);
}

/** A change of the key's kind or of `rotation` makes another. */
function makeKey(
  name: string,
  { privateKey = {}, rotation }: KubernetesUserArgs,
  gate: Gate,
  opts: CustomResourceOptions,
): tls.PrivateKey {
  const spec = gate(output(privateKey).apply(resolveKey));
  return new tls.PrivateKey(
    `${name}-key`,
    {
      algorithm: spec.algorithm,
      ecdsaCurve: optional(spec, "ecdsaCurve"),
      rsaBits: optional(spec, "rsaBits"),
    },
    // The engine takes the first trigger that it sees for no change: there has to be one from the beginning.
    { ...opts, replacementTrigger: rotation ?? "" },
  );
}

/** An input that is not there for every algorithm. Output's types have no room for that under exactOptionalPropertyTypes. */
function optional<Name extends "ecdsaCurve" | "rsaBits">(
  spec: Output<KeySpec>,
  name: Name,
): Output<NonNullable<KeySpec[Name]>> {
  return spec.apply((spec) => spec[name] as NonNullable<KeySpec[Name]>);
}

function makeRequest(
  name: string,
  username: Output<string>,
  groups: readonly Input<string>[],
  key: tls.PrivateKey,
  opts: CustomResourceOptions,
): Output<string> {
  const [organization, ...others] = groups;
  if (others.length > 0) {
    const { privateKeyPem, publicKeyPem } = key;
    return new CertificateRequest(`${name}-request`, { privateKeyPem, publicKeyPem, username, groups }, opts)
      .certRequestPem;
  }
  const subject = { commonName: username, ...(organization === undefined ? {} : { organization }) };
  return new tls.CertRequest(`${name}-request`, { privateKeyPem: key.privateKeyPem, subject }, opts).certRequestPem;
}
