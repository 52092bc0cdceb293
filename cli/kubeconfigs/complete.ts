import { type KeyObject, X509Certificate } from "node:crypto";
import { describe, describeList } from "../../components/core/checks";
import { KubernetesUserError } from "../../components/core/errors";
import { type KubeconfigDocument, type NamedEntry } from "../../components/core/kubeconfig-document";
import { formatTime } from "../../components/core/time";
import { foreignFields } from "../../components/core/user-kubeconfig";
import { unreadableFile } from "../files/file-errors";

/** A kubeconfig's entries that a private key has completed. */
export interface CompletedKubeconfig {
  /** The completed users, with the contexts and clusters that belong to them. */
  readonly document: KubeconfigDocument;
  /** When the first of the certificates ends, in milliseconds since 1970. */
  readonly notAfter: number;
  /** Names of users whose certificate is for another key. */
  readonly withoutKey: readonly string[];
}

/** A user entry without a key, and its certificate. */
interface KeylessUser {
  readonly entry: NamedEntry;
  readonly certificate: X509Certificate;
}

/**
 * Adds a private key to the users of a kubeconfig whose certificate is for it and that have none.
 *
 * @param source what to call the kubeconfig in errors.
 * @throws KubernetesUserError `certificate-mismatch` when the key fits none of them or a certificate has expired,
 * `file-unreadable` when there is none without a key, or when an entry holds more than such a kubeconfig does.
 */
export function completeKubeconfig(
  document: KubeconfigDocument,
  source: string,
  key: KeyObject,
  now: number,
): CompletedKubeconfig {
  const keyless = document.users.filter(({ value }) => isKeyless(value)).map((entry) => keylessUser(entry, source));
  if (keyless.length === 0) {
    throw unreadableFile(
      source,
      "has no user with a certificate and without a key",
      `It takes what "pulumi stack output" or "kubernetes-user collect" gives for a request that you made.`,
    );
  }
  refuseForeign(
    "user",
    keyless.map(({ entry }) => entry),
    source,
  );
  const mine = keyless.filter(({ certificate }) => certificate.checkPrivateKey(key));
  const names = (users: readonly KeylessUser[]): string[] => users.map(({ entry }) => entry.name);
  if (mine.length === 0) {
    throw new KubernetesUserError(
      "certificate-mismatch",
      `${describe(source)}: the key belongs to none of its certificates (${describeList(names(keyless))}). ` +
        "Name the key that was made with the request, or make a new request.",
    );
  }
  refuseExpired(mine, source, now);
  const data = key.export({ format: "pem", type: "pkcs8" }).toString();
  const users = mine.map(({ entry: { name, value } }) => ({
    name,
    value: { ...value, "client-key-data": Buffer.from(data).toString("base64") },
  }));
  const completed = entriesOf(users, document);
  refuseForeign("cluster", completed.clusters, source);
  refuseForeign("context", completed.contexts, source);
  return {
    document: completed,
    notAfter: Math.min(...mine.map(({ certificate }) => certificate.validToDate.getTime())),
    withoutKey: names(keyless.filter((user) => !mine.includes(user))),
  };
}

/** Whether a user entry has a certificate, and no key to go with it. */
export function isKeyless(user: Readonly<Record<string, unknown>>): boolean {
  const has = (key: string): boolean => typeof user[key] === "string" && user[key] !== "";
  return has("client-certificate-data") && !has("client-key-data") && !has("client-key");
}

function keylessUser(entry: NamedEntry, source: string): KeylessUser {
  try {
    const pem = Buffer.from(String(entry.value["client-certificate-data"]), "base64");
    return { entry, certificate: new X509Certificate(pem) };
  } catch {
    throw unreadableFile(source, `has no certificate for user ${describe(entry.name)}`, "Ask for it again.");
  }
}

/** Another's file must bring neither programs to run nor other credentials into the kubeconfig that it is merged into. */
function refuseForeign(kind: "cluster" | "user" | "context", entries: readonly NamedEntry[], source: string): void {
  for (const { name, value } of entries) {
    const foreign = foreignFields(kind, value);
    if (foreign.length > 0) {
      throw unreadableFile(
        source,
        `has fields in its ${kind} ${describe(name)} that do not belong there: ${describeList(foreign)}`,
        "Somebody has changed it: do not use it, and ask for it again.",
      );
    }
  }
}

/** An expired certificate is of no use, and may be about to take the place of a good one. */
function refuseExpired(users: readonly KeylessUser[], source: string, now: number): void {
  const expired = users.find(({ certificate }) => certificate.validToDate.getTime() <= now);
  if (expired !== undefined) {
    const { certificate, entry } = expired;
    throw new KubernetesUserError(
      "certificate-mismatch",
      `${describe(source)}: the certificate of ${describe(entry.name)} expired ${formatTime(certificate.validToDate.getTime())}, ` +
        `and here it is ${formatTime(now)}. Ask for a renewed one; the key may stay.`,
    );
  }
}

/** Users with the contexts that name them and the clusters that these name. */
function entriesOf(
  users: readonly NamedEntry[],
  { clusters, contexts, currentContext }: KubeconfigDocument,
): KubeconfigDocument {
  const ours = contexts.filter(({ value }) => users.some(({ name }) => name === value["user"]));
  return {
    users,
    contexts: ours,
    clusters: clusters.filter(({ name }) => ours.some(({ value }) => value["cluster"] === name)),
    currentContext: ours.find(({ name }) => name === currentContext)?.name ?? ours[0]?.name,
  };
}
