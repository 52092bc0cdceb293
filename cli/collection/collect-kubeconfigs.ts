import { join } from "node:path";
import { describe, describeList } from "../../components/core/checks";
import { type Cluster } from "../../components/core/cluster";
import { invalidArguments } from "../../components/core/errors";
import { type KubeconfigDocument, parseKubeconfig } from "../../components/core/kubeconfig-document";
import { entryName, foreignFields, userKubeconfig } from "../../components/core/user-kubeconfig";
import { unwritableFile } from "../files/file-errors";
import { fileNameOf } from "../files/file-name";
import { isTaken } from "../files/is-taken";
import { readTextFile } from "../files/read-text";
import { replaceFile } from "../files/replace-file";
import { checkedCertificate, ownFailure } from "../requests/certificate-outcome";
import { type Examination } from "../requests/examination";
import { type Outcome, outcomeOf } from "../requests/outcome";

/** Where kubeconfigs are written, and what they lead to. */
export interface CollectionTarget {
  readonly cluster: Cluster;
  readonly folder: string;
  readonly namespace: string | undefined;
}

/**
 * Writes a kubeconfig without a key for every request whose certificate is there and right. A request that is refused
 * keeps nobody else from theirs.
 *
 * @throws KubernetesUserError `invalid-arguments` when two requests would have one file, `file-unwritable` when a file
 * is there that is another's or holds a key.
 */
export async function collectKubeconfigs(
  examinations: readonly Examination[],
  target: CollectionTarget,
  now: number,
): Promise<Outcome[]> {
  const ready = examinations.flatMap(({ facts, issue, refusals }) =>
    facts.stage === "issued" && issue !== undefined && refusals.length === 0
      ? [{ name: facts.name, username: issue.username, file: fileOf(issue.username, target) }]
      : [],
  );
  const files = new Map(ready.map(({ name, file }) => [name, file]));
  refuseSharedFiles(files);
  ready.forEach(({ file, username }) => {
    refuseOther(file, username, target.cluster);
  });
  const outcomes: Outcome[] = [];
  for (const examination of examinations) {
    outcomes.push(await collectOne(examination, files.get(examination.facts.name), target, now));
  }
  return outcomes;
}

async function collectOne(
  { facts, issue, refusals, request }: Examination,
  file: string | undefined,
  { cluster, namespace }: CollectionTarget,
  now: number,
): Promise<Outcome> {
  if (facts.stage === "denied" || facts.stage === "failed") {
    const said = request.conditions.map(({ type, reason, message }) => `${type}: ${reason}: ${message}`);
    return outcomeOf(facts, facts.stage, said);
  }
  if (issue === undefined || refusals.length > 0) {
    return outcomeOf(facts, "refused", refusals);
  }
  if (file === undefined) {
    const what = facts.stage === "pending" ? "it waits for approval." : "it is approved, and waits for its signer.";
    return outcomeOf(facts, "pending", [what]);
  }
  try {
    const { certificate, notAfter } = checkedCertificate(request, issue, now);
    const { username } = issue;
    await replaceFile(file, userKubeconfig({ cluster, username, certificate, privateKey: undefined, namespace }));
    return outcomeOf(facts, "issued", [`${file}, valid until ${notAfter}, for key ${facts.fingerprint ?? ""}.`], {
      notAfter,
      file,
    });
  } catch (error) {
    return outcomeOf(facts, "failed", [ownFailure(error).message]);
  }
}

function fileOf(username: string, { folder }: CollectionTarget): string {
  return join(folder, `${fileNameOf(username)}.kubeconfig`);
}

function refuseSharedFiles(files: ReadonlyMap<string, string>): void {
  const owners = new Map<string, string>();
  for (const [name, file] of files) {
    // Some file systems take capitals and small letters for the same.
    const key = file.toLowerCase();
    const other = owners.get(key);
    if (other !== undefined) {
      throw invalidArguments("collect", [
        {
          path: "NAME",
          message: `the requests ${other} and ${name} would both be written to ${file}. Collect them into different folders.`,
        },
      ]);
    }
    owners.set(key, name);
  }
}

/**
 * Only an older kubeconfig of the same user for the same cluster is replaced. One that its owner has completed in place
 * holds what may exist nowhere else, and so may another user's, another cluster's or another program's file.
 */
function refuseOther(file: string, username: string, cluster: Cluster): void {
  if (!isTaken(file)) {
    return;
  }
  const what = othersContent(readKubeconfig(file), username, cluster);
  if (what !== undefined) {
    throw unwritableFile(
      file,
      `exists already and ${what}`,
      "It is left as it is. Move it away, or choose another --out.",
    );
  }
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
    return "is no kubeconfig of a user";
  }
  if ([user, ...otherUsers].some(({ value }) => foreignFields("user", value).length > 0)) {
    return "holds credentials of its own";
  }
  const name = entryName(username, cluster);
  if (user.name !== name || otherUsers.length > 0) {
    return `is the kubeconfig of ${describeList([user, ...otherUsers].map(({ name }) => name))}, not of ${describe(name)}`;
  }
  // Many clusters have the name that their installer gives to all.
  return found.value["server"] !== cluster.server || otherClusters.length > 0
    ? "leads to another cluster of the same name"
    : undefined;
}

/** Undefined when the file is no kubeconfig. */
function readKubeconfig(file: string): KubeconfigDocument | undefined {
  const text = readTextFile(file);
  try {
    return parseKubeconfig(text, file);
  } catch {
    return undefined;
  }
}
