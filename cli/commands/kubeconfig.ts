import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Command } from "commander";
import { Problems, describe } from "../../components/core/checks";
import { throwProblems } from "../../components/core/errors";
import { formatKubeconfig } from "../../components/core/kubeconfig-document";
import { formatTime } from "../../components/core/time";
import { createBackup } from "../files/create-backup";
import { createFiles } from "../files/create-files";
import { readText, readTextFile, standardInput } from "../files/read-text";
import { replaceFile } from "../files/replace-file";
import { readPrivateKey } from "../keys/read-key";
import { type CompletedKubeconfig, completeKubeconfig } from "../kubeconfigs/complete";
import { kubectlCommand } from "../kubeconfigs/kubectl-command";
import { mergeIntoKubeconfig } from "../kubeconfigs/merge";
import { readReceivedKubeconfig } from "../kubeconfigs/received-kubeconfig";
import { serverTrust, serverTrustText } from "../kubeconfigs/server-trust";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { type Session } from "../session";
import { printableLine } from "../../components/core/printable";

interface KubeconfigOptions extends OutputOptions {
  readonly key: string;
  readonly merge?: string;
  readonly out?: string;
}

/** What was written. A file that is completed in place has a backup when something of it is left out. */
interface Written {
  readonly file: string;
  /** The file as it was before, when it was there and has changed. */
  readonly backup?: string;
  readonly changed: boolean;
}

const help = `
Key and certificate must belong together, and the certificate must not have expired. Without --merge and --out, FILE
itself is completed. Files are for you alone (0600), and are written whole or not at all.

What is written is made anew from what FILE may hold: clusters, contexts and certificates. Anything else in it, such as a
command to run, is refused. Compare the fingerprint of the certificate authority that is shown with the one that the
cluster's administrator has, over another channel than the one that FILE came by.

With --merge, other entries of the file stay as they are, comments included. A new file, FILE.backup or FILE.backup-2
and so on, holds the file as it was. A renewed certificate takes the place of the same user's old one. An entry of the
same name for another user or cluster is an error.

Examples:
  kubernetes-user kubeconfig jane.kubeconfig --key jane.key
  kubernetes-user kubeconfig jane.kubeconfig --key jane.key --merge ~/.kube/config
  pulumi stack output kubeconfig --show-secrets | kubernetes-user kubeconfig - --key jane.key --out jane.kubeconfig

Exit codes: 0 written, or nothing to change, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user kubeconfig`. */
export function addKubeconfigCommand(program: Command, session: Session): void {
  const command = program
    .command("kubeconfig")
    .summary("add your private key to a kubeconfig that came without one")
    .description("Adds your private key to a kubeconfig that came without one.")
    .argument("<file>", "kubeconfig without a key, or - for standard input")
    .requiredOption("--key <file>", "your private key, PEM. Its path: a key never stands in a command line")
    .option("--merge <file>", "kubeconfig to add the entries to, such as ~/.kube/config")
    .option("--out <file>", "new file to write to");
  addOutputOption(command)
    .addHelpText("after", help)
    .action((file: string, options: KubeconfigOptions) => kubeconfig(file, options, session));
}

async function kubeconfig(file: string, options: KubeconfigOptions, session: Session): Promise<void> {
  check(file, options);
  const source = file === standardInput ? "standard input" : file;
  const text = await readText(file, session.signal);
  const key = readPrivateKey(options.key, session);
  const completed = completeKubeconfig(readReceivedKubeconfig(text, source), source, key, session.now());
  const written = await write(file, text, options, completed);
  for (const name of completed.withoutKey) {
    session.report(`${describe(name)} has no key yet, and is left out: its certificate is for another one.`);
  }
  for (const name of completed.completeBefore) {
    session.report(`${describe(name)} has its key already, and is left out.`);
  }
  const contexts = completed.document.contexts.map(({ name }) => name);
  const clusters = completed.clusters.map(serverTrust);
  const notAfter = formatTime(completed.notAfter);
  const { file: kubeconfigFile, backup, changed } = written;
  const data = {
    kubeconfigFile,
    ...(backup === undefined ? {} : { backupFile: backup }),
    changed,
    contextNames: contexts,
    clusters: clusters.map(({ name, ...trust }) => ({ clusterName: name, ...trust })),
    notAfter,
  };
  session.result(options.output, data, () =>
    [
      written.changed ? `${written.file} is complete, valid until ${notAfter}.` : `${written.file} is up to date.`,
      ...(written.backup === undefined ? [] : [`As it was before: ${written.backup}`]),
      ...clusters.flatMap(serverTrustText),
      ...contexts.map((name) => `  ${kubectlCommand(written.file, name)}`),
    ].map(printableLine),
  );
}

function check(file: string, { merge, out, key }: KubeconfigOptions): void {
  const problems = new Problems();
  if (merge !== undefined && out !== undefined) {
    problems.add("--merge", "expected --merge or --out, got both. --merge makes the file if there is none.");
  }
  if (file === standardInput && merge === undefined && out === undefined) {
    problems.add("--out", "expected --out or --merge, because standard input cannot be completed in place.");
  }
  for (const [option, path] of Object.entries({ "--key": key, "--merge": merge, "--out": out })) {
    if (path === standardInput) {
      problems.add(option, "expected a file's path. What is secret goes through files that only you can read.");
    }
  }
  throwProblems("kubeconfig", problems.all);
}

async function write(
  file: string,
  text: string,
  { merge, out }: KubeconfigOptions,
  completed: CompletedKubeconfig,
): Promise<Written> {
  const { document } = completed;
  if (out !== undefined) {
    createFiles([{ path: out, content: formatKubeconfig(document), mode: 0o600 }]);
    return { file: out, changed: true };
  }
  return merge === undefined ? completeInPlace(file, text, completed) : mergeInto(merge, document);
}

async function completeInPlace(path: string, before: string, completed: CompletedKubeconfig): Promise<Written> {
  const { document, withoutKey, completeBefore } = completed;
  // What is left out may be nowhere else.
  const backup = withoutKey.length + completeBefore.length > 0 ? createBackup(path, before) : undefined;
  await replaceFile(path, formatKubeconfig(document));
  return { file: path, changed: true, ...(backup === undefined ? {} : { backup }) };
}

async function mergeInto(path: string, document: CompletedKubeconfig["document"]): Promise<Written> {
  const before = existsSync(path) ? readTextFile(path) : "";
  const target = {
    text: before,
    source: path,
    folder: dirname(resolve(path)),
    readFile: (name: string) => readFileSync(name, "utf8"),
  };
  const after = mergeIntoKubeconfig(target, document);
  if (after === before) {
    return { file: path, changed: false };
  }
  const backup = before === "" ? undefined : createBackup(path, before);
  await replaceFile(path, after);
  return { file: path, changed: true, ...(backup === undefined ? {} : { backup }) };
}
