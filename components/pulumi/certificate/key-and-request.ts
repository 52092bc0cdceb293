import { type CustomResourceOptions, type Input, type Output, output, unsecret } from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { createHash } from "node:crypto";
import { isRecord } from "../../core/options/validation-errors";
import { type RequestReader } from "../../core/csr/certification-request";
import { type KeySpec, resolveKey } from "../../core/options/private-key";
import { type UserKey, adoptKey } from "./adopted-key";
import { CertificateRequest } from "./certificate-request";
import { type ServedResource } from "../host";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { type WhenValid, isSecretOutput } from "../outputs";
import { registering } from "../registration";
import { elementsOf } from "../rbac/resolved-grants";

/** Who asks for a certificate, with which key. */
export interface KeyAndRequest {
  readonly username: Output<string>;
  readonly groups: Output<string[]>;
  /** PKCS#10, PEM. */
  readonly request: Output<string>;
  /** PKCS#8, PEM. Secret. Undefined when the key is only with its owner. */
  readonly privateKey: Output<string> | undefined;
}

/** The checks that inputs pass, the reader of the request that they have used, and what serves requests that are made. */
interface Checks {
  readonly whenValid: WhenValid;
  readonly read: RequestReader;
  readonly served: ServedResource;
}

/** Takes the request that the user brings, or makes a private key and a request that it signs. */
export function keyAndRequest(
  name: string,
  args: KubernetesUserArgs,
  { whenValid, read, served }: Checks,
  opts: CustomResourceOptions,
): KeyAndRequest {
  if (args.request !== undefined) {
    return takeRequest(args.request, args, { whenValid, read });
  }
  const username = output(args.username ?? name);
  const groups = args.groups ?? [];
  const key = args.adopt === undefined ? makeKey(name, args, whenValid, opts) : adoptKey(args.adopt, whenValid);
  return {
    username,
    groups: plainGroups(groups),
    request: makeRequest(name, username, groups, { key, served, isOwn: args.adopt !== undefined }, opts),
    privateKey: key.privateKeyPemPkcs8,
  };
}

function takeRequest(
  request: Input<string>,
  args: KubernetesUserArgs,
  { whenValid, read }: Pick<Checks, "whenValid" | "read">,
): KeyAndRequest {
  const checked = whenValid(output(request));
  const parsed = checked.apply(read);
  return {
    username: output(args.username ?? parsed.username),
    groups: plainGroups(args.groups ?? parsed.groups),
    // What was read, and nothing that stood around it.
    request: parsed.apply(({ pem }) => pem),
    privateKey: undefined,
  };
}

/** Of what is no list of texts, the checks tell. */
function plainGroups(groups: Input<readonly Input<string>[]>): Output<string[]> {
  return output(groups).apply((groups) => elementsOf(groups).filter((group) => typeof group === "string"));
}

/** A change of the key's kind or of `rotation` makes another. */
function makeKey(
  name: string,
  { privateKey = {}, rotation }: KubernetesUserArgs,
  whenValid: WhenValid,
  opts: CustomResourceOptions,
): tls.PrivateKey {
  const spec = whenValid(output(privateKey).apply((key) => resolveKey(isRecord(key) ? key : {})));
  const args = {
    algorithm: spec.algorithm,
    ecdsaCurve: optional(spec, "ecdsaCurve"),
    rsaBits: optional(spec, "rsaBits"),
  };
  // The engine takes the first trigger that it sees for no change: there has to be one from the beginning.
  const keyOpts = { ...opts, replacementTrigger: trigger(rotation ?? "") };
  using _ = registering(opts.parent);
  return new tls.PrivateKey(`${name}-key`, args, keyOpts);
}

/** The engine passes over a trigger that is secret (3.256): of such a text, its digest is the trigger. */
function trigger(rotation: Input<string>): Input<string> {
  if (typeof rotation === "string") {
    return rotation;
  }
  const given = output(rotation);
  return unsecret(
    given.apply(async (text) =>
      (await isSecretOutput(given)) ? createHash("sha256").update(text).digest("hex") : text,
    ),
  );
}

/** An input that is not there for every algorithm. Output's types have no room for that under exactOptionalPropertyTypes. */
function optional<Name extends "ecdsaCurve" | "rsaBits">(
  spec: Output<KeySpec>,
  name: Name,
): Output<NonNullable<KeySpec[Name]>> {
  return spec.apply((spec) => spec[name] as NonNullable<KeySpec[Name]>);
}

/** Groups whose number is known while the program runs. */
function listed(groups: Input<readonly Input<string>[]>): readonly Input<string>[] | undefined {
  return Array.isArray(groups) ? (groups as readonly Input<string>[]) : undefined;
}

function makeRequest(
  name: string,
  username: Output<string>,
  groups: Input<readonly Input<string>[]>,
  { key, served, isOwn }: { readonly key: UserKey; readonly served: ServedResource; readonly isOwn: boolean },
  opts: CustomResourceOptions,
): Output<string> {
  using _ = registering(opts.parent);
  // tls.CertRequest takes one group, and not every key. How many groups an Output has, nobody knows yet.
  const list = listed(groups);
  const [organization, ...others] = list ?? [];
  if (list === undefined || others.length > 0 || isOwn) {
    const { privateKeyPem, publicKeyPem } = key;
    const args = { privateKeyPem, publicKeyPem, username, groups: plainGroups(groups) };
    return new CertificateRequest(`${name}-request`, args, opts, served).certRequestPem;
  }
  const subject = { commonName: username, ...(organization === undefined ? {} : { organization }) };
  const args = { privateKeyPem: key.privateKeyPem, subject };
  return new tls.CertRequest(`${name}-request`, args, opts).certRequestPem;
}
