import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Script } from "../../pages/script.mts";
import { command, type CommandResult } from "./commands.mts";

/** For `pulumi` in a shell: what a user answers, and without what would only take time. */
export const unattendedPulumi = {
  PULUMI_SKIP_CONFIRMATIONS: "true",
  PULUMI_OPTION_SKIP_PREVIEW: "true",
  PULUMI_OPTION_SUPPRESS_PROGRESS: "true",
  PULUMI_OPTION_COLOR: "never",
};

/** A folder in which a shell runs commands, such as those of a page. */
export class ShellFolder implements AsyncDisposable {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;

  constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.environment = environment;
  }

  /** Runs commands in the folder, as a shell does. It ends with the first that fails. */
  run(
    commands: string | Script,
    environment: Readonly<Record<string, string>> = {},
    shell = "sh",
  ): Promise<CommandResult> {
    const text = commands instanceof Script ? commands.start() : commands;
    const args = ["-euc", `cd "$0" && ${text}`, this.folder];
    // A bash that no shell has started takes a socket, as its standard input is here, for rshd, and reads start files.
    return command(shell, args, "", { SHLVL: "1", ...this.environment, ...environment });
  }

  /** The same for commands that have to succeed. Returns all that they printed. */
  async sh(commands: string | Script, environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(commands, environment);
    if (exitCode !== 0) {
      throw new Error(`${String(commands)}\nfailed (exit code ${exitCode}):\n${stdout}${stderr}`);
    }
    return stdout + stderr;
  }

  read(file: string): Promise<string> {
    return readFile(join(this.folder, file), "utf8");
  }

  /** Writes a file for its owner alone. */
  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.folder, file), text, { mode: 0o600 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
