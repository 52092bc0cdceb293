import { type StoredState, certificateTypes, storedText } from "../../components/core/lifecycle/certificate-state";
import { isRecord } from "../../components/core/options/validation-errors";
import { unreadableFile } from "../files/file-errors";

/** The fields of something in a stack's state, of which nothing has been checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** A certificate's resource in a stack's state. */
export interface StackCertificate {
  readonly inputs: Fields;
  readonly outputs: StoredState;
}

/**
 * The certificates in what `pulumi stack export` prints, without those that are about to go. What is secret in it stays
 * encrypted, and is not looked at.
 *
 * @throws KubernetesUserError `file-unreadable`
 */
export function certificatesOfStack(text: string, path: string): StackCertificate[] {
  return resourcesOf(text, path)
    .filter(isRecord)
    .filter((resource) => isCertificate(resource["type"]) && resource["delete"] !== true)
    .map((resource) => ({ inputs: fields(resource["inputs"]), outputs: fields(resource["outputs"]) }));
}

/** What a fingerprint of a cluster says. */
export interface FingerprintParts {
  /** The cluster's address. */
  readonly server: string;
  /** The digest of the certificate authority; undefined where the state does not have it. */
  readonly certificateAuthority: string | undefined;
}

/** The address of a certificate's cluster. */
export function clusterOf(certificate: StackCertificate): string | undefined {
  return fingerprintOf(certificate)?.server;
}

/** Address and certificate authority of a certificate's cluster. */
export function fingerprintOf({ inputs, outputs }: StackCertificate): FingerprintParts | undefined {
  const fingerprint = storedText(outputs.cluster) ?? storedText(inputs["cluster"]);
  return fingerprint === undefined ? undefined : fingerprintParts(fingerprint);
}

/** Takes apart what `clusterFingerprint` puts together. */
export function fingerprintParts(fingerprint: string): FingerprintParts {
  const [server = "", ...others] = fingerprint.split(" ");
  const authority = others.find((one) => one.startsWith("ca:"));
  return { server, certificateAuthority: authority?.slice("ca:".length) };
}

/** The members of a value that may be none. */
export function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function isCertificate(type: unknown): boolean {
  return Object.values(certificateTypes).some((known) => known === type);
}

function resourcesOf(text: string, path: string): readonly unknown[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw notAnExport(path, "is not JSON");
  }
  const deployment = isRecord(content) ? content["deployment"] : undefined;
  if (!isRecord(deployment)) {
    throw notAnExport(path, "is not what pulumi stack export prints");
  }
  const resources: unknown = deployment["resources"] ?? [];
  if (!Array.isArray(resources)) {
    throw notAnExport(path, "has no list of resources");
  }
  return resources;
}

function notAnExport(path: string, what: string): Error {
  return unreadableFile(path, what, `Make it with "pulumi stack export --file FILE".`);
}
