import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { type Command } from "commander";
import { ValidationErrors, describe } from "../../components/core/options/validation-errors";
import { throwErrors } from "../../components/core/errors";
import { formatKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";
import { formatTime } from "../../components/core/time";
import { stateFolder } from "../credential/state-folder";
import { formatCredential, storeCredential } from "../credential/stored-credential";
import { createBackup } from "../files/create-backup";
import { createFiles } from "../files/create-files";
import { readText, readTextFile, standardInput } from "../files/read-text";
import { replaceFile } from "../files/replace-file";
import { readPrivateKey } from "../keys/read-key";
import { type CompletedKubeconfig, completeKubeconfig, kubectlCommand } from "../kubeconfigs/complete";
import { mergeIntoKubeconfig } from "../kubeconfigs/merge";
import { checkEntryName } from "../../components/core/kubeconfig/user-kubeconfig";
import { renamed } from "../kubeconfigs/renamed";
import { readReceivedKubeconfig } from "../kubeconfigs/received-kubeconfig";
import { type RenewalOptions, type SelfRenewingKubeconfig, selfRenewing } from "../kubeconfigs/self-renewing";
import { serverTrust, serverTrustText } from "../kubeconfigs/server-trust";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { lastingPath, readCommand, readSources } from "../options/renewal-options";
import { type CommandContext } from "../command-context";
import { repeated } from "../options/repeated-option";
import { printableLine } from "../../components/core/text/printable";

interface KubeconfigOptions extends OutputOptions {
  readonly key: string;
  readonly merge?: string;
  readonly out?: string;
  readonly clusterName?: string;
  readonly contextName?: string;
  readonly renew?: true;
  readonly from: readonly string[];
  readonly command?: string;
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
itself is completed. Only you can read the files (0600), which are written whole or not at all.

The output is built anew from what FILE may hold: clusters, contexts and certificates. Anything else in it, such as a
command to run, is refused. Compare the printed fingerprint of the certificate authority with the one that the cluster's
administrator has, over another channel than the one that FILE came by.

With --merge, other entries of the file stay unchanged, comments included. FILE.backup, or FILE.backup-2 and so on, holds
the previous file. A renewed certificate replaces the same user's old one. An entry of the same name for another user or
cluster is an error.

Clusters of the same name cannot be merged: give each its own name with --cluster-name.

With --renew, the file has no certificate: kubectl gets it from "kubernetes-user credential", which keeps it with your key
in a file for you alone. It fetches each newer one from the cluster if the declaration has publish: true, or from the
places that --from names. Commands and URLs come only from this command line, never from FILE.

Examples:
  kubernetes-user kubeconfig jane.kubeconfig --key jane.key
  kubernetes-user kubeconfig jane.kubeconfig --key jane.key --renew --merge ~/.kube/config
  kubernetes-user kubeconfig jane.kubeconfig --key jane.key --merge ~/.kube/config
  pulumi stack output kubeconfig --show-secrets | kubernetes-user kubeconfig - --key jane.key --out jane.kubeconfig

Exit codes: 0 written, or nothing to change, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user kubeconfig`. */
export function addKubeconfigCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("kubeconfig")
    .description("Adds your private key to a kubeconfig without one.")
    .argument("<file>", "kubeconfig without a key, or - for standard input")
    .requiredOption("--key <file>", "path of your private key, PEM")
    .option("--merge <file>", "kubeconfig to add the entries to, such as ~/.kube/config")
    .option("--out <file>", "new file to write to")
    .option("--cluster-name <name>", "name of the cluster (default: as in FILE)")
    .option("--context-name <name>", "name of the context (default: as in FILE)")
    .option("--renew", "make kubectl fetch each newer certificate")
    .option("--from <url|file>", "with --renew: another place of newer certificates; repeatable", repeated, [])
    .option("--command <path>", "with --renew: what kubectl runs (default: kubernetes-user, found in PATH)");
  addOutputOption(command)
    .addHelpText("after", help)
    .action((file: string, options: KubeconfigOptions) => kubeconfig(file, options, run));
}

async function kubeconfig(file: string, options: KubeconfigOptions, run: CommandContext): Promise<void> {
  const renewal = check(file, options);
  const source = file === standardInput ? "standard input" : file;
  const text = await readText(file, run.signal);
  const key = readPrivateKey(options.key, run);
  const received = renamed(readReceivedKubeconfig(text, source), options);
  const completed = completeKubeconfig(received, source, key, run.now());
  const renewing = renewal === undefined ? undefined : selfRenewing(completed, key, renewal, run.now());
  const written = await write(file, text, options, { ...completed, ...renewing });
  if (renewal === undefined && completed.users.some(({ publicationPath }) => publicationPath !== undefined)) {
    run.report(`${source} says where newer certificates are published: with --renew, kubectl fetches them by itself.`);
  }
  for (const name of completed.withoutKey) {
    run.report(`${describe(name)} has no key yet, and is left out: its certificate is for another key.`);
  }
  for (const name of completed.completeBefore) {
    run.report(`${describe(name)} already has its key, and is left out.`);
  }
  const contexts = completed.document.contexts.map(({ name }) => name);
  const clusters = completed.clusters.map(serverTrust);
  const notAfter = formatTime(renewing?.notAfter ?? completed.notAfter);
  const credentials = renewing?.credentials.map(({ file }) => file) ?? [];
  const { file: kubeconfigFile, backup, changed } = written;
  const data = {
    kubeconfigFile,
    ...(backup === undefined ? {} : { backupFile: backup }),
    changed,
    contextNames: contexts,
    clusters: clusters.map(({ name, ...trust }) => ({ clusterName: name, ...trust })),
    notAfter,
    credentialFiles: credentials,
  };
  run.result(options.output, data, () =>
    [
      written.changed
        ? `${written.file} is complete, valid until ${notAfter}.`
        : `${written.file} is up to date, valid until ${notAfter}.`,
      ...credentials.map((file) => `kubectl fetches each newer certificate by itself. Certificate and key: ${file}`),
      ...(written.backup === undefined ? [] : [`Backup of the previous file: ${written.backup}`]),
      ...clusters.flatMap(serverTrustText),
      ...contexts.map((name) => `  ${kubectlCommand(written.file, name)}`),
    ].map(printableLine),
  );
}

/** Checks the command line. Returns how certificates are renewed, with `--renew`. */
function check(
  file: string,
  { merge, out, key, clusterName, contextName, renew, from, command }: KubeconfigOptions,
): RenewalOptions | undefined {
  const errors = new ValidationErrors();
  if (merge !== undefined && out !== undefined) {
    errors.add("--merge", "expected --merge or --out, got both. --merge creates the file if it does not exist.");
  }
  if (file === standardInput && merge === undefined && out === undefined) {
    errors.add("--out", "expected --out or --merge, because standard input cannot be completed in place.");
  }
  for (const [option, path] of Object.entries({ "--key": key, "--merge": merge, "--out": out })) {
    if (path === standardInput) {
      errors.add(option, "expected a file's path. What is secret goes through files that only you can read.");
    }
  }
  checkEntryName(errors, "--cluster-name", clusterName);
  checkEntryName(errors, "--context-name", contextName);
  for (const [option, given] of [
    ["--from", from.length > 0],
    ["--command", command !== undefined],
  ] as const) {
    if (given && renew !== true) {
      errors.add(option, "it needs --renew.");
    }
  }
  const renewal = renew === true ? readRenewal(errors, from, command) : undefined;
  throwErrors("kubeconfig", errors.all);
  return renewal;
}

function readRenewal(errors: ValidationErrors, from: readonly string[], command: string | undefined): RenewalOptions {
  return {
    command: readCommand(errors, command, lastingPath(process.env)),
    sources: readSources(errors, from),
    folder: stateFolder({ platform: process.platform, home: homedir(), environment: process.env }),
  };
}

/** What is to be written, and with it the credential files that it names. */
type Contents = CompletedKubeconfig & { readonly credentials?: SelfRenewingKubeconfig["credentials"] };

async function write(
  file: string,
  text: string,
  { merge, out }: KubeconfigOptions,
  contents: Contents,
): Promise<Written> {
  if (out !== undefined) {
    await storeAll(contents);
    createFiles([{ path: out, content: formatKubeconfig(contents.document), mode: 0o600 }]);
    return { file: out, changed: true };
  }
  return merge === undefined ? completeInPlace(file, text, contents) : mergeInto(merge, contents);
}

/** Before the kubeconfig: one that names a credential file which is not there would be of no use. */
async function storeAll({ credentials = [] }: Contents): Promise<void> {
  for (const { file, stored } of credentials) {
    await storeCredential(file, stored);
  }
}

async function completeInPlace(path: string, before: string, contents: Contents): Promise<Written> {
  const { document, withoutKey, completeBefore } = contents;
  // What is left out may be nowhere else.
  const backup = withoutKey.length + completeBefore.length > 0 ? createBackup(path, before) : undefined;
  await storeAll(contents);
  await replaceFile(path, formatKubeconfig(document));
  return { file: path, changed: true, ...(backup === undefined ? {} : { backup }) };
}

async function mergeInto(path: string, contents: Contents): Promise<Written> {
  const before = existsSync(path) ? readTextFile(path) : "";
  const coming = new Map(contents.credentials?.map(({ file, stored }) => [file, formatCredential(stored)]));
  const target = {
    text: before,
    source: path,
    folder: dirname(resolve(path)),
    readFile: (name: string) => coming.get(name) ?? readFileSync(name, "utf8"),
  };
  const after = mergeIntoKubeconfig(target, contents.document);
  await storeAll(contents);
  if (after === before) {
    return { file: path, changed: false };
  }
  const backup = before === "" ? undefined : createBackup(path, before);
  await replaceFile(path, after);
  return { file: path, changed: true, ...(backup === undefined ? {} : { backup }) };
}
