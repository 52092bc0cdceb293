import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, describeList } from "../../components/core/options/validation-errors";
import { type Cluster } from "../../components/core/kubeconfig/cluster";
import { KubernetesUserError } from "../../components/core/errors";
import { type KubeconfigDocument, parseKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";
import { entryName, foreignFields, userKubeconfig } from "../../components/core/kubeconfig/user-kubeconfig";
import { fileNameOf } from "../files/file-name";
import { isTaken } from "../files/create-backup";
import { readTextFile } from "../files/read-text";
import { replaceFile } from "../files/replace-file";
import { checkedCertificate, ownFailure } from "../requests/certificate-outcome";
import { conditionsText } from "../requests/conditions-text";
import { type Examination } from "../requests/examination";
import { type Outcome, outcomeOf, outcomeOfUnread } from "../requests/outcome";
import { type FoundRequest } from "./find-requests";

/** Where kubeconfigs are written, and what they lead to. */
export interface CollectionTarget {
  readonly cluster: Cluster;
  readonly folder: string;
  readonly namespace: string | undefined;
  /** Publishes a certificate, and returns the path at which its owner finds it; undefined when none is published. */
  readonly publish?: ((certificate: string, username: string) => Promise<string>) | undefined;
}

/**
 * Writes a kubeconfig without a key for every request whose certificate is there and right. What keeps one request from
 * its file is told as that request's outcome: the others get theirs.
 */
export async function collectKubeconfigs(
  found: readonly FoundRequest[],
  target: CollectionTarget,
  now: number,
): Promise<Outcome[]> {
  const files = new Map(found.flatMap((request) => fileOf(request, target)));
  const outcomes: Outcome[] = [];
  for (const request of found) {
    outcomes.push(
      "failure" in request
        ? outcomeOfUnread(request.name, request.failure.message)
        : await collectOne(request, files, target, now),
    );
  }
  return outcomes;
}

async function collectOne(
  { facts, issuanceRequest, refusals, request }: Examination,
  files: ReadonlyMap<string, string>,
  { cluster, namespace, publish }: CollectionTarget,
  now: number,
): Promise<Outcome> {
  if (facts.stage === "denied" || facts.stage === "failed") {
    return outcomeOf(facts, facts.stage, conditionsText(request));
  }
  if (issuanceRequest === undefined || refusals.length > 0) {
    return outcomeOf(facts, "refused", refusals);
  }
  const file = files.get(facts.name);
  if (file === undefined) {
    const what = facts.stage === "pending" ? "it waits for approval." : "it is approved, and waits for its signer.";
    return outcomeOf(facts, "pending", [what]);
  }
  const { username } = issuanceRequest;
  try {
    const refusal = sharedFile(facts.name, files) ?? othersFile(file, username, cluster);
    if (refusal !== undefined) {
      return outcomeOf(facts, "refused", [refusal]);
    }
    const { certificate, notAfter } = checkedCertificate(request, issuanceRequest, now);
    const publicationPath = await publish?.(certificate, username);
    await replaceFile(
      file,
      userKubeconfig({ cluster, username, certificate, privateKey: undefined, namespace, publicationPath }),
    );
    return outcomeOf(facts, "issued", [`${file}, valid until ${notAfter}, for key ${facts.fingerprint ?? ""}.`], {
      notAfter,
      file,
    });
  } catch (error) {
    return outcomeOf(facts, "failed", [fileFailure(error).message]);
  }
}

/** A request's name and file, if it is to have one. */
function fileOf(found: FoundRequest, { folder }: CollectionTarget): (readonly [string, string])[] {
  if ("failure" in found) {
    return [];
  }
  const { facts, issuanceRequest, refusals } = found;
  return facts.stage === "issued" && issuanceRequest !== undefined && refusals.length === 0
    ? [[facts.name, join(folder, `${fileNameOf(issuanceRequest.username)}.kubeconfig`)]]
    : [];
}

/** Why a request does not get its file when another one would get the same; which of them is right, nobody knows. */
function sharedFile(name: string, files: ReadonlyMap<string, string>): string | undefined {
  // Some file systems take capitals and small letters, or two ways to write an accent, for the same.
  const sameFile = (file: string | undefined): string | undefined => file?.normalize("NFKC").toLowerCase();
  const file = files.get(name);
  const others = [...files].filter(([other, path]) => other !== name && sameFile(path) === sameFile(file));
  return others.length === 0
    ? undefined
    : `${file ?? ""} would also be the file of ${others.map(([other]) => other).join(", ")}. ` +
        "Neither is written. Collect them into different folders.";
}

/** An error about one file or one request; others are thrown on. */
function fileFailure(error: unknown): KubernetesUserError {
  const ofFiles = ["file-unreadable", "file-unwritable"];
  return error instanceof KubernetesUserError && ofFiles.includes(error.code) ? error : ownFailure(error);
}

/**
 * Why a file is not written over. Only an older kubeconfig of the same user for the same cluster is replaced. One that
 * its owner has completed in place holds what may exist nowhere else, and so may another user's, another cluster's or
 * another program's file.
 */
function othersFile(file: string, username: string, cluster: Cluster): string | undefined {
  if (!isTaken(file)) {
    return undefined;
  }
  const what = othersContent(readKubeconfig(file), username, cluster);
  return what === undefined
    ? undefined
    : `${file} already exists and ${what}. It stays unchanged. Move it away, or choose another --out.`;
}

/** What a file holds that must not be lost; undefined when there is no such thing. */
function othersContent(
  document: KubeconfigDocument | undefined,
  username: string,
  cluster: Cluster,
): string | undefined {
  const [user, ...otherUsers] = document?.users ?? [];
  const [found, ...otherClusters] = document?.clusters ?? [];
  if (user === undefined || found === undefined) {
    return "is not a user's kubeconfig";
  }
  if ([user, ...otherUsers].some(({ value }) => foreignFields("user", value).length > 0)) {
    return "holds credentials of its own";
  }
  const name = entryName(username, cluster.name);
  if (user.name !== name || otherUsers.length > 0) {
    return `is the kubeconfig of ${describeList([user, ...otherUsers].map(({ name }) => name))}, not of ${describe(name)}`;
  }
  // Many clusters have the name that their installer gives to all.
  return found.value["server"] !== cluster.server || otherClusters.length > 0
    ? "leads to another cluster of the same name"
    : undefined;
}

/** Larger files, a kubeconfig of one user is not. */
const maximumBytes = 1024 * 1024;

/** Undefined when the file is no kubeconfig. */
function readKubeconfig(file: string): KubeconfigDocument | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  // Something that is no file, a pipe say, might be read for ever.
  if (stats?.isFile() === false || (stats?.size ?? 0) > maximumBytes) {
    return undefined;
  }
  const text = readTextFile(file);
  try {
    return parseKubeconfig(text, file);
  } catch {
    return undefined;
  }
}
