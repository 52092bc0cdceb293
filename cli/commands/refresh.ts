import { type Command } from "commander";
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ValidationErrors } from "../../components/core/options/validation-errors";
import { KubernetesUserError, throwErrors } from "../../components/core/errors";
import { parseKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";
import { printableLine } from "../../components/core/text/printable";
import { formatTime } from "../../components/core/time";
import { refreshCredential } from "../credential/current-credential";
import { credentialFileOf } from "../credential/exec-entry";
import { secondsLeft } from "../credential/renewal";
import { stateFolder } from "../credential/state-folder";
import { exitCodes } from "../exit-codes";
import { systemCode, unreadableFile } from "../files/file-errors";
import { readTextFile } from "../files/read-text";
import { parseDuration } from "../options/duration";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { type CommandContext } from "../command-context";

interface RefreshOptions extends OutputOptions {
  readonly within?: string;
}

/** What came of one credential file. */
interface Refreshed {
  readonly credentialFile: string;
  /** `renewed`: a newer certificate was found and stored; `current`: the stored one stays; `failed`. */
  readonly status: "renewed" | "current" | "failed";
  readonly notAfter: string | undefined;
  /** What each source answered, or why it failed. */
  readonly details: readonly string[];
}

const help = `
FILE is a credential file, or a kubeconfig whose users have credential files. Without FILE, the command refreshes all of
your credential files. kubectl refreshes them itself; this command does so now, for cron and for support.

Examples:
  kubernetes-user refresh
  kubernetes-user refresh ~/.kube/config --within 3d     # in cron: exit code 3 if a certificate expires sooner

Exit codes: 0 looked, 3 with --within: a certificate expires sooner, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user refresh`. */
export function addRefreshCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("refresh")
    .description("Looks for newer certificates now, and reports what each source answered.")
    .argument("[file...]", "credential files, or kubeconfigs that name them")
    .option("--within <duration>", "exit with code 3 if a certificate expires within this time, such as 12h or 7d");
  addOutputOption(command)
    .addHelpText("after", help)
    .action((files: string[], options: RefreshOptions) => refresh(files, options, run));
}

async function refresh(named: readonly string[], options: RefreshOptions, run: CommandContext): Promise<void> {
  const errors = new ValidationErrors();
  const within = parseDuration(errors, "--within", options.within);
  throwErrors("refresh", errors.all);
  const files = named.length === 0 ? storedFiles() : [...new Set(named.flatMap(credentialFiles))];
  const results: Refreshed[] = [];
  for (const file of files) {
    results.push(await refreshOne(file, within, run));
  }
  run.result(options.output, results, () => results.flatMap(textOf).map(printableLine));
  if (results.length === 0) {
    run.report(`There are no credential files. "kubernetes-user kubeconfig FILE --key KEY --renew" makes one.`);
  }
}

async function refreshOne(file: string, within: number | undefined, run: CommandContext): Promise<Refreshed> {
  try {
    const renewal = await refreshCredential(file, run.signal);
    const { kind: status, answers, notAfter, notStored } = renewal;
    if (within !== undefined && secondsLeft(renewal, run.now()) < within) {
      run.exitCode = run.exitCode === exitCodes.done ? exitCodes.expiresSoon : run.exitCode;
    }
    if (notStored !== undefined) {
      run.report(notStored);
      run.exitCode = exitCodes.failed;
    }
    return { credentialFile: file, status, notAfter: formatTime(notAfter), details: answers };
  } catch (error) {
    if (!(error instanceof KubernetesUserError) || error.code === "aborted") {
      throw error;
    }
    run.report(error.message.split("\n")[0] ?? "");
    run.exitCode = exitCodes.failed;
    return { credentialFile: file, status: "failed", notAfter: undefined, details: error.message.split("\n") };
  }
}

function textOf({ credentialFile: file, status, notAfter, details }: Refreshed): string[] {
  const lines = details.map((detail) => `  ${detail}`);
  switch (status) {
    case "renewed":
      return [`${file} has a newer certificate, valid until ${notAfter ?? ""}.`, ...lines];
    case "current":
      return [`${file} is unchanged, valid until ${notAfter ?? ""}.`, ...lines];
    case "failed":
      return [`${file} has no usable certificate.`, ...lines];
  }
}

/** The credential files of this machine's user. */
function storedFiles(): string[] {
  const folder = stateFolder({ platform: process.platform, home: homedir(), environment: process.env });
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === "ENOENT") {
      return [];
    }
    throw unreadableFile(folder, `cannot be read (${systemCode(error)})`, "Check its permissions.");
  }
}

/** The credential files that a file stands for: itself, or those that it names as a kubeconfig. */
function credentialFiles(path: string): string[] {
  const text = readTextFile(path);
  if (isJson(text)) {
    return [resolve(path)];
  }
  const files = parseKubeconfig(text, path).users.flatMap(({ value }) => credentialFileOf(value) ?? []);
  if (files.length === 0) {
    throw unreadableFile(
      path,
      "has no user that takes its certificate from a credential file",
      `Make one with "kubernetes-user kubeconfig FILE --key KEY --renew".`,
    );
  }
  return files;
}

/** Credential files are JSON; a kubeconfig in JSON is told from them by its users. */
function isJson(text: string): boolean {
  try {
    const content: unknown = JSON.parse(text);
    return !(Object(content) instanceof Object && "users" in Object(content));
  } catch {
    return false;
  }
}
