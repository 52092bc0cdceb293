import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Cluster } from "../../components/core/cluster";
import { invalidArguments } from "../../components/core/errors";
import { parseKubeconfig } from "../../components/core/kubeconfig-document";
import { userKubeconfig } from "../../components/core/user-kubeconfig";
import { unwritableFile } from "../files/file-errors";
import { fileNameOf } from "../files/file-name";
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
 * Writes a kubeconfig without a key for every request whose certificate is there and right.
 *
 * @throws KubernetesUserError `invalid-arguments` when two requests would have one file, `file-unwritable`.
 */
export async function collectKubeconfigs(
  examinations: readonly Examination[],
  target: CollectionTarget,
  now: number,
): Promise<Outcome[]> {
  const ready = examinations.filter(({ facts }) => facts.stage === "issued");
  const files = new Map(ready.map(({ facts }) => [facts.name, fileOf(facts.username ?? "", target)]));
  refuseSharedFiles(files);
  [...files.values()].forEach(refuseKey);
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
    return outcomeOf(facts, "issued", [`${file}, valid until ${notAfter}.`], { notAfter, file });
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

/** A kubeconfig that its owner has completed in place holds what may exist nowhere else. */
function refuseKey(file: string): void {
  if (!existsSync(file)) {
    return;
  }
  const { users } = parseKubeconfig(readTextFile(file), file);
  const complete = users.some(({ value }) => Object.keys(value).some((key) => key !== "client-certificate-data"));
  if (complete) {
    throw unwritableFile(
      file,
      "exists already and holds credentials of its own",
      "It is left as it is. Move it away, or choose another --out.",
    );
  }
}
