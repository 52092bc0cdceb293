import { quoteForShell } from "../../components/core/text/shell-word";
import { type KeyObject } from "node:crypto";
import { describe, describeList } from "../../components/core/options/validation-errors";
import { type Cluster, clusterFields } from "../../components/core/kubeconfig/cluster";
import { KubernetesUserError } from "../../components/core/errors";
import { type KubeconfigDocument } from "../../components/core/kubeconfig/kubeconfig-document";
import { formatTime } from "../../components/core/time";
import { unreadableFile } from "../files/file-errors";
import { type ReceivedUser } from "./received-fields";
import { type ReceivedKubeconfig } from "./received-kubeconfig";

/** A kubeconfig's entries that a private key has completed. */
export interface CompletedKubeconfig {
  /** The users that the key has completed. */
  readonly users: readonly ReceivedUser[];
  /** The completed users, with the contexts and clusters that belong to them. */
  readonly document: KubeconfigDocument;
  /** Its clusters. */
  readonly clusters: readonly Cluster[];
  /** When the first of the certificates ends, in milliseconds since 1970. */
  readonly notAfter: number;
  /** Names of users whose certificate is for another key. */
  readonly withoutKey: readonly string[];
  /** Names of users that had a key already. */
  readonly completeBefore: readonly string[];
}

/**
 * Builds a kubeconfig of the users whose certificate is for a private key and that have none yet.
 *
 * @param source what to call the kubeconfig in errors.
 * @throws KubernetesUserError `certificate-mismatch` when the key fits none of them or a certificate has expired,
 * `file-unreadable` when there is none without a key, or none with a context.
 */
export function completeKubeconfig(
  received: ReceivedKubeconfig,
  source: string,
  key: KeyObject,
  now: number,
): CompletedKubeconfig {
  const { users } = received;
  if (users.length === 0) {
    throw unreadableFile(
      source,
      "has no user with a certificate and without a key",
      `Use the output of "pulumi stack output" or "kubernetes-user collect" for a request of yours.`,
    );
  }
  const mine = users.filter(({ certificate }) => certificate.checkPrivateKey(key));
  const names = (users: readonly ReceivedUser[]): string[] => users.map(({ name }) => name);
  if (mine.length === 0) {
    throw new KubernetesUserError(
      "certificate-mismatch",
      `${describe(source)}: the key matches none of its certificates (${describeList(names(users))}). ` +
        "Name the key that was made with the request, or make a new request.",
    );
  }
  refuseExpired(mine, source, now);
  return {
    users: mine,
    ...entriesOf(mine, received, key.export({ format: "pem", type: "pkcs8" }).toString(), source),
    notAfter: Math.min(...mine.map(({ certificate }) => certificate.validToDate.getTime())),
    withoutKey: names(users.filter((user) => !mine.includes(user))),
    completeBefore: received.completeUsers,
  };
}

/** Whether a user entry has a certificate, and no key to go with it. */
export function isKeyless(user: Readonly<Record<string, unknown>>): boolean {
  const has = (key: string): boolean => typeof user[key] === "string" && user[key] !== "";
  return has("client-certificate-data") && !has("client-key-data") && !has("client-key");
}

/** An expired certificate is of no use, and may be about to take the place of a good one. */
function refuseExpired(users: readonly ReceivedUser[], source: string, now: number): void {
  const expired = users.find(({ certificate }) => certificate.validToDate.getTime() <= now);
  if (expired !== undefined) {
    const { certificate, name } = expired;
    throw new KubernetesUserError(
      "certificate-mismatch",
      `${describe(source)}: the certificate of ${describe(name)} expired ${formatTime(certificate.validToDate.getTime())}, ` +
        `and this machine's clock says ${formatTime(now)}. Ask for a renewed one; you can keep the key.`,
    );
  }
}

/** Users with the contexts that name them and the clusters that these name, made anew. */
function entriesOf(
  users: readonly ReceivedUser[],
  received: ReceivedKubeconfig,
  keyPem: string,
  source: string,
): Pick<CompletedKubeconfig, "document" | "clusters"> {
  const contexts = received.contexts.filter(({ user }) => users.some(({ name }) => name === user));
  const clusters = received.clusters.filter(({ name }) => contexts.some(({ cluster }) => cluster === name));
  const unused = users.find(({ name }) => !contexts.some(({ user }) => user === name));
  if (unused !== undefined) {
    throw unreadableFile(source, `has no context for its user ${describe(unused.name)}`, "Ask for it again.");
  }
  return {
    clusters,
    document: {
      clusters: clusters.map((cluster) => ({ name: cluster.name, value: clusterFields(cluster) })),
      users: users.map(({ name, certificateData }) => ({
        name,
        value: {
          "client-certificate-data": certificateData,
          "client-key-data": Buffer.from(keyPem).toString("base64"),
        },
      })),
      contexts: contexts.map(({ name, cluster, user, namespace }) => ({
        name,
        value: { cluster, user, ...(namespace === undefined ? {} : { namespace }) },
      })),
      currentContext: (contexts.find(({ name }) => name === received.currentContext) ?? contexts[0])?.name,
    },
  };
}

/** A command line that tries a context out. Its name is another's choice, and the line is made to be pasted. */
export function kubectlCommand(file: string, context: string): string {
  return `kubectl --kubeconfig ${quoteForShell(file)} --context ${quoteForShell(context)} auth whoami`;
}
