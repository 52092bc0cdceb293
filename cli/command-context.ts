import { styleText } from "node:util";
import { type RunContext } from "../components/cluster/kubernetes-client";
import { KubernetesUserError } from "../components/core/errors";
import { type ExitCode, exitCodes } from "./exit-codes";
import { type JsonResult } from "./json-names";
import { type OutputFormat } from "./options/output-option";
import { printableJson, printableLine } from "../components/core/text/printable";

/** Colours that a command may use. */
export type Colour = "red" | "yellow" | "green";

/** One run of the command: where it prints, what ends it, and how it ends. Results go to standard output, all else to standard error. */
export class CommandContext implements RunContext {
  readonly signal: AbortSignal;
  readonly now = Date.now;
  /** The exit code, unless an error or an interrupt gives another. */
  exitCode: ExitCode = exitCodes.done;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** Shows a line that is no result: a hint, progress, a question. */
  readonly report = (line: string): void => {
    process.stderr.write(`${printableLine(line)}\n`);
  };

  /** Shows a question, after which the answer is typed. */
  question(text: string): void {
    process.stderr.write(printableLine(text));
  }

  /** Prints a command's result: `data` as JSON, or lines of text that have been made {@link printable}. */
  result<Data extends object>(format: OutputFormat, data: JsonResult<Data>, lines: () => readonly string[]): void {
    const text = inFormat(format, data, lines);
    process.stdout.write(text === "" ? "" : `${text}\n`);
  }

  /** A coloured text where standard output is a terminal that shows colours and NO_COLOR is not set. */
  colour(colour: Colour, text: string): string {
    return styleText(colour, text, { stream: process.stdout });
  }

  /** Throws when the run was interrupted. */
  throwIfInterrupted(): void {
    if (this.signal.aborted) {
      throw interrupted();
    }
  }
}

/** The run was interrupted before its end. */
export function interrupted(): KubernetesUserError {
  return new KubernetesUserError(
    "aborted",
    "Interrupted. What was not reported as done was not done; run the command again to continue.",
  );
}

function inFormat(format: OutputFormat, data: unknown, lines: () => readonly string[]): string {
  switch (format) {
    case "json":
      return toJson(data);
    case "text":
      return lines().join("\n");
  }
}

/** JSON in which what is not known is null, so that every field is always there, and all can be seen. */
function toJson(data: unknown): string {
  return printableJson(JSON.stringify(data, (_, value: unknown) => (value === undefined ? null : value), 2));
}
