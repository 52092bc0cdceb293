import { X509Certificate } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { subjectOf } from "../../components/core/x509/certificate";
import { type ValidationErrors, describe, isRecord } from "../../components/core/options/validation-errors";
import { clusterFingerprint, readCluster } from "../../components/core/kubeconfig/cluster";
import { type ReadFile } from "../../components/core/kubeconfig/certificate-authority-data";
import { type KubeconfigDocument, type NamedEntry } from "../../components/core/kubeconfig/kubeconfig-document";
import { credentialFileOf } from "../credential/exec-entry";

/**
 * Notes every entry that stands for something else in `existing` than in `added`. A user entry may change its
 * certificate and key, which is how a renewal arrives, but neither its name nor the way it authenticates.
 *
 * @param existing a kubeconfig with absolute paths.
 */
export function noteClashes(
  errors: ValidationErrors,
  existing: KubeconfigDocument,
  added: KubeconfigDocument,
  readFile: ReadFile,
): void {
  const clash = (list: string, name: string, what: string, kind: string): void => {
    errors.add(
      `${list} ${describe(name)}`,
      `it already exists and ${what}. Write to a separate file with --out, or remove it with "kubectl config delete-${kind}".`,
    );
  };
  for (const [one, other] of pairs(existing.clusters, added.clusters)) {
    if (fingerprint(one, readFile) !== fingerprint(other, readFile)) {
      clash("clusters", one.name, "has another server or another certificate authority", "cluster");
    }
  }
  for (const [one, other] of pairs(existing.users, added.users)) {
    const [before, after] = [usernameOf(one, readFile), usernameOf(other, readFile)];
    if (before === undefined || before !== after) {
      const whose = before === undefined ? "has no certificate" : `is the user ${describe(before)}`;
      clash("users", one.name, whose, "user");
    }
  }
  for (const [one, other] of pairs(existing.contexts, added.contexts)) {
    if (!isDeepStrictEqual(targetOf(one), targetOf(other))) {
      clash("contexts", one.name, "names another cluster or user", "context");
    }
  }
}

/** Entries of one name. */
function pairs(existing: readonly NamedEntry[], added: readonly NamedEntry[]): (readonly [NamedEntry, NamedEntry])[] {
  return added.flatMap((other) => {
    const one = existing.find(({ name }) => name === other.name);
    return one === undefined ? [] : [[one, other] as const];
  });
}

function fingerprint(entry: NamedEntry, readFile: ReadFile): string | undefined {
  try {
    const cluster = readCluster(entry, "", readFile);
    return `${clusterFingerprint(cluster)} ${cluster.insecureSkipTlsVerify === true ? "unverified" : ""}`;
  } catch {
    // Not https, say: whatever it is, it is not the cluster that is added.
    return undefined;
  }
}

/** The name in a user entry's certificate; undefined when it authenticates otherwise. */
function usernameOf({ value }: NamedEntry, readFile: ReadFile): string | undefined {
  const { "client-certificate-data": data, "client-certificate": file } = value;
  const others = ["token", "tokenFile", "username", "exec", "auth-provider"].filter((key) => value[key] !== undefined);
  const credentialFile = credentialFileOf(value);
  try {
    if (credentialFile !== undefined) {
      return commonNames(certificateOf(Buffer.from(readFile(credentialFile)).toString()));
    }
    const pem = typeof data === "string" ? Buffer.from(data, "base64") : readFile(String(file));
    return others.length > 0 ? undefined : commonNames(pem);
  } catch {
    return undefined;
  }
}

function commonNames(pem: string | Uint8Array): string {
  return subjectOf(new X509Certificate(Buffer.from(pem))).commonNames.join("\n");
}

/** The certificate in the text of a credential file. */
function certificateOf(text: string): string {
  const content: unknown = JSON.parse(text);
  return isRecord(content) ? String(content["certificate"]) : "";
}

function targetOf({ value }: NamedEntry): unknown {
  return [value["cluster"], value["user"]];
}
