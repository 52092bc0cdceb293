import { type Command, CommanderError } from "commander";
import { KubernetesUserError } from "../components/core/errors";
import { printable, printableLine } from "../components/core/text/printable";
import { sentence } from "../components/core/text/sentence";
import { exitCodes } from "./exit-codes";

/** How an error ends the command. */
export interface Failure {
  /** For standard error; undefined when all has been said. */
  readonly text: string | undefined;
  readonly exitCode: number;
}

/** A wrong command line, with the command that it was for. */
export class WrongCommandLine extends CommanderError {
  readonly command: string;

  constructor({ exitCode, code, message }: CommanderError, command: Pick<Command, "name">) {
    super(exitCode, code, message);
    this.command = command.name();
  }
}

/** What to say of an error, without a stack, and how to end. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CommanderError) {
    // Help and version come as errors, too.
    return error.exitCode === 0
      ? { text: undefined, exitCode: exitCodes.done }
      : { text: usageText(error), exitCode: exitCodes.wrongUsage };
  }
  if (error instanceof KubernetesUserError) {
    return { text: line(error.message), exitCode: wrongUsage(error) ? exitCodes.wrongUsage : exitCodes.failed };
  }
  const what = printableLine(error instanceof Error ? error.message : String(error));
  return {
    text: line(`an unexpected error, which is a bug in this program: ${sentence(what)} Please report it.`),
    exitCode: exitCodes.failed,
  };
}

function wrongUsage({ code }: KubernetesUserError): boolean {
  return code === "invalid-arguments";
}

function usageText(error: CommanderError): string {
  const { code, message } = error;
  if (code === "commander.help") {
    return "";
  }
  const command = error instanceof WrongCommandLine ? `kubernetes-user ${error.command}` : "kubernetes-user";
  // What was typed may have been a key by mistake.
  const shown = message
    .replace(/^error: /, "")
    .replace(/-----BEGIN [\s\S]*/, "a private text")
    .replaceAll("\n", " ");
  return line(`${sentence(shown)} "${command} --help" explains. [invalid-arguments]`);
}

function line(message: string): string {
  return printable(`kubernetes-user: ${message}`);
}
