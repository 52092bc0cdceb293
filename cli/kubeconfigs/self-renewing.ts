import { type KeyObject, createHash } from "node:crypto";
import { basename, join } from "node:path";
import { certificateFacts } from "../../components/core/x509/certificate";
import { readChain } from "../../components/core/x509/certificate-chain";
import { ValidationErrors, describe } from "../../components/core/options/validation-errors";
import { type Cluster, clusterFingerprint } from "../../components/core/kubeconfig/cluster";
import { KubernetesUserError, throwErrors } from "../../components/core/errors";
import { type KubeconfigDocument } from "../../components/core/kubeconfig/kubeconfig-document";
import { publicKeyFingerprint } from "../../components/core/x509/public-key";
import { formatTime } from "../../components/core/time";
import { execEntry } from "../credential/exec-entry";
import { renewalDue } from "../credential/renewal";
import { type StoredCredential, readCredential } from "../credential/stored-credential";
import { fileNameOf } from "../files/file-name";
import { type CompletedKubeconfig } from "./complete";
import { type ReceivedUser } from "./received-fields";

/** What a person says about how certificates get renewed. */
export interface RenewalOptions {
  /** What kubectl runs: a name in PATH, or an absolute path. */
  readonly command: string;
  /** https URLs and absolute paths of files that may have newer certificates, too. */
  readonly sources: readonly string[];
  /** Where the credential files are kept. */
  readonly folder: string;
}

/** A kubeconfig whose certificates stay fresh, with the credential files that it names. */
export interface SelfRenewingKubeconfig {
  readonly document: KubeconfigDocument;
  readonly credentials: readonly { readonly file: string; readonly stored: StoredCredential }[];
  /** When the first of the certificates ends, in milliseconds since 1970. */
  readonly notAfter: number;
}

/**
 * Turns users with a certificate and a key into users whose certificate comes from a credential file: kubectl would use
 * a certificate that stands beside the command, and never run it.
 *
 * @throws KubernetesUserError `invalid-arguments` when a user's certificate is published nowhere and there is no source.
 */
export function selfRenewing(
  completed: CompletedKubeconfig,
  key: KeyObject,
  { command, sources, folder }: RenewalOptions,
  now: number,
): SelfRenewingKubeconfig {
  const { document, users, clusters } = completed;
  refuseUnpublished(users, sources);
  const privateKey = key.export({ format: "pem", type: "pkcs8" }).toString();
  const entries = users.map((user) => {
    const cluster = clusterOf(user, completed, clusters);
    const file = join(folder, credentialFileName(user, cluster, key));
    const stored = {
      cluster,
      path: user.publicationPath,
      sources,
      privateKey,
      ...latest(file, user, now),
      toldAt: undefined,
    };
    return { file, stored, entry: { name: user.name, value: execEntry(command, file) } };
  });
  return {
    document: { ...document, users: entries.map(({ entry }) => entry) },
    credentials: entries.map(({ file, stored }) => ({ file, stored })),
    notAfter: Math.min(...entries.map(({ stored }) => certificateFacts(stored.certificate).notAfter)),
  };
}

function refuseUnpublished(users: readonly ReceivedUser[], sources: readonly string[]): void {
  const errors = new ValidationErrors();
  for (const { name, publicationPath } of users) {
    if (publicationPath === undefined && sources.length === 0) {
      errors.add(
        "--renew",
        `FILE does not say where the certificate of ${describe(name)} is published, so no newer one could be fetched. ` +
          "Name a place with --from URL or --from FILE, or ask for publish: true in the declaration.",
      );
    }
  }
  throwErrors("kubeconfig", errors.all);
}

function clusterOf(user: ReceivedUser, { document }: CompletedKubeconfig, clusters: readonly Cluster[]): Cluster {
  const name = document.contexts.find(({ value }) => value["user"] === user.name)?.value["cluster"];
  const cluster = clusters.find((cluster) => cluster.name === name);
  if (cluster === undefined) {
    throw new RangeError("expected a completed user to have a context with a cluster");
  }
  return cluster;
}

/** The same for the same key and cluster: who runs the command again goes on with the same file. */
function credentialFileName({ name }: ReceivedUser, cluster: Cluster, key: KeyObject): string {
  const digest = createHash("sha256")
    .update(`${publicKeyFingerprint(key)} ${clusterFingerprint(cluster)}`)
    .digest("hex");
  return basename(`${fileNameOf(name)}-${digest.slice(0, 16)}.json`);
}

/** The certificate to begin with: the one that has come, unless one that lasts longer is stored already. */
function latest(
  file: string,
  { certificateData }: ReceivedUser,
  now: number,
): Pick<StoredCredential, "certificate" | "renewAfter" | "askedAt" | "askAfter"> {
  const chain = readChain(Buffer.from(certificateData, "base64").toString("latin1"));
  if (chain === undefined) {
    throw new RangeError("expected a certificate that has been checked");
  }
  const known = storedBefore(file);
  const stored = known?.chain.leaf;
  // What is handed over always helps: a stored one stays only if it is good now, and for as long.
  const isGood = stored !== undefined && stored.validFromDate.getTime() <= now && now < stored.validToDate.getTime();
  if (known !== undefined && isGood && stored.validToDate >= chain.leaf.validToDate) {
    const { certificate, renewAfter, askedAt, askAfter } = known.stored;
    return { certificate, renewAfter, askedAt, askAfter };
  }
  const due = formatTime(renewalDue(chain, undefined));
  return { certificate: chain.pem, renewAfter: due, askedAt: formatTime(now), askAfter: due };
}

function storedBefore(file: string): ReturnType<typeof readCredential> | undefined {
  try {
    return readCredential(file);
  } catch (error) {
    if (error instanceof KubernetesUserError) {
      // Whatever it is, it is about to be written anew.
      return undefined;
    }
    throw error;
  }
}
