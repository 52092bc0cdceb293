import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { type ValidationErrors, describe } from "../../components/core/options/validation-errors";
import { standardInput } from "../files/read-text";

/** What kubectl runs when nothing else is said. */
const commandName = "kubernetes-user";

/** Folders of a package runner: what lies there may be gone tomorrow, and takes a second and a half to start. */
const passing = /[/\\](_npx|dlx-[^/\\]+|\.pnpm-store|bunx-[^/\\]+)[/\\]/;

/** PATH without the folders that npx has put in front for this run alone. */
export function lastingPath(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { PATH: path, npm_command: npmCommand } = environment;
  return npmCommand === "exec"
    ? path
        ?.split(delimiter)
        .filter((folder) => !/node_modules[/\\]\.bin[/\\]?$/.test(folder))
        .join(delimiter)
    : path;
}

/**
 * The command for an exec entry; notes the problem when kubectl would not find it.
 *
 * @param given what `--command` says.
 */
export function readCommand(errors: ValidationErrors, given: string | undefined, path: string | undefined): string {
  if (given !== undefined) {
    if (!isAbsolute(given)) {
      errors.add(
        "--command",
        `expected an absolute path, got ${describe(given)}. kubectl resolves relative paths from the kubeconfig's folder.`,
      );
    } else if (!isExecutable(given)) {
      errors.add("--command", `expected an executable program, got ${describe(given)}.`);
    }
    return given;
  }
  const found = (path ?? "")
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => names().map((name) => join(folder, name)))
    .find(isExecutable);
  const remedy =
    "Install it with npm install --global kubernetes-user, or give the absolute path of the program with --command.";
  if (found === undefined) {
    errors.add("--command", `it is needed, because ${commandName} is in no folder of PATH. ${remedy}`);
  } else if (passing.test(`${found} ${realpathSync(found)}`)) {
    errors.add("--command", `it is needed, because ${commandName} runs from a temporary folder. ${remedy}`);
  }
  return commandName;
}

/** Where Windows looks for a program of that name. */
function names(): string[] {
  return process.platform === "win32" ? ["exe", "cmd"].map((end) => `${commandName}.${end}`) : [commandName];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** https URLs, and files as absolute paths; notes the problem when one is neither. */
export function readSources(errors: ValidationErrors, given: readonly string[]): string[] {
  return given.map((source, index) => {
    const at = `--from${given.length > 1 ? ` (${index + 1})` : ""}`;
    if (source === standardInput || source === "") {
      errors.add(at, "expected an https URL or a file's path: it is read repeatedly.");
    } else if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) {
      checkUrl(errors, at, source);
      return source;
    }
    return resolve(source);
  });
}

function checkUrl(errors: ValidationErrors, at: string, source: string): void {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url?.protocol !== "https:") {
    errors.add(at, "expected an https URL or a file's path. Over http, anybody in between could answer.");
  } else if (url.username !== "" || url.password !== "") {
    errors.add(at, "expected an https URL without a user and a password: the credential file would hold them.");
  }
}
