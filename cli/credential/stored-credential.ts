import { type KeyObject, createPrivateKey, createPublicKey } from "node:crypto";
import { readdirSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { isRecord, isStrings } from "../../components/core/options/validation-errors";
import { type CertificateChain, readChain } from "../../components/core/x509/certificate-chain";
import { type Cluster, clusterFields, readCluster } from "../../components/core/kubeconfig/cluster";
import { type KubernetesUserError } from "../../components/core/errors";
import { isPublicationPath } from "../../components/core/rbac/published-certificate";
import { parseTime } from "../../components/core/time";
import { unreadableFile } from "../files/file-errors";
import { readTextFile } from "../files/read-text";
import { replaceFile } from "../files/replace-file";
import { type Answer } from "./fresh-answer";
import { isUrl } from "./sources";

/** Says what kind of file it is, and which version of it. */
const format = "kubernetes-user/credential-v1";

/** A person's certificate and key for one cluster, with all that is needed to fetch the next certificate. */
export interface StoredCredential extends Answer {
  readonly cluster: Cluster;
  /** Where the cluster publishes the next one; undefined when only `sources` have it. */
  readonly path: string | undefined;
  /** https URLs and absolute paths of files that may have the next one, from the person's own command line. */
  readonly sources: readonly string[];
  /** From when on a newer one may be there, RFC 3339. */
  readonly renewAfter: string;
  /** When something was last said of trouble with it, RFC 3339. */
  readonly toldAt: string | undefined;
}

/** A stored credential, read and checked. */
export interface Credential {
  readonly stored: StoredCredential;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  readonly chain: CertificateChain;
}

/**
 * Reads a credential file.
 *
 * @throws KubernetesUserError `file-unreadable`; nothing of what stands there is quoted.
 */
export function readCredential(path: string): Credential {
  const text = readTextFile(path);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw notCredential(path, "is not JSON");
  }
  if (!isRecord(content) || content["format"] !== format) {
    throw notCredential(path, `does not say "format": "${format}"`);
  }
  return checked(content, path);
}

function checked(content: Readonly<Record<string, unknown>>, path: string): Credential {
  const text = (name: string): string => {
    const value = content[name];
    if (typeof value !== "string") {
      throw notCredential(path, `has no ${name}`);
    }
    return value;
  };
  const time = (name: string): string => {
    if (parseTime(text(name)) === undefined) {
      throw notCredential(path, `has a ${name} that is not an RFC 3339 time`);
    }
    return text(name);
  };
  const key = readKey(text("privateKey"), path);
  const publicKey = createPublicKey(key);
  const chain = readChain(text("certificate"));
  if (chain?.leaf.checkPrivateKey(key) !== true) {
    throw notCredential(path, "has a certificate that does not match its key");
  }
  const publication = content["path"];
  if (publication !== undefined && !isPublicationPath(publication, publicKey)) {
    throw notCredential(path, "has a path at which no certificate of its key is published");
  }
  const sources = content["sources"] ?? [];
  if (!isStrings(sources) || !sources.every((source) => isUrl(source) || isAbsolute(source))) {
    throw notCredential(path, "has sources that are neither https URLs nor absolute paths");
  }
  return {
    key,
    publicKey,
    chain,
    stored: {
      cluster: readStoredCluster(content["cluster"], path),
      path: publication,
      sources,
      certificate: chain.pem,
      privateKey: text("privateKey"),
      renewAfter: time("renewAfter"),
      askedAt: time("askedAt"),
      askAfter: time("askAfter"),
      toldAt: content["toldAt"] === undefined ? undefined : time("toldAt"),
    },
  };
}

function readKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw notCredential(path, "has a privateKey that is not PEM");
  }
}

function readStoredCluster(value: unknown, path: string): Cluster {
  const { name, cluster } = isRecord(value) ? value : {};
  if (typeof name !== "string" || !isRecord(cluster)) {
    throw notCredential(path, "has no cluster");
  }
  return readCluster({ name, value: cluster }, path, () => {
    throw notCredential(path, "names a file of a certificate authority");
  });
}

/**
 * Stores a credential for its owner alone, whole or not at all.
 *
 * @throws KubernetesUserError `file-unwritable`
 */
export async function storeCredential(path: string, stored: StoredCredential): Promise<void> {
  await replaceFile(path, formatCredential(stored));
  removeLeftovers(path);
}

/** A file that is being written, for longer than anybody writes, is one that was left when its writer was killed. */
const longestWriteMs = 60_000;

/** Leftovers hold the key, too. */
function removeLeftovers(path: string): void {
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  try {
    for (const name of readdirSync(folder)) {
      const leftover = join(folder, name);
      if (
        name.startsWith(prefix) &&
        /^\d+$/.test(name.slice(prefix.length)) &&
        Date.now() - statSync(leftover).mtimeMs > longestWriteMs
      ) {
        unlinkSync(leftover);
      }
    }
  } catch {
    // The next one may.
  }
}

/** The text of a credential file. */
export function formatCredential({ cluster, ...rest }: StoredCredential): string {
  const content = { format, ...rest, cluster: { name: cluster.name, cluster: clusterFields(cluster) } };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function notCredential(path: string, what: string): KubernetesUserError {
  return unreadableFile(
    path,
    `${what}, so it is not a credential file of this command`,
    'Make it with "kubernetes-user kubeconfig FILE --key KEY --renew".',
  );
}
