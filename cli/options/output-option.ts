import { type Command, Option } from "commander";

/** How a result is printed. */
export const outputFormats = ["text", "json"] as const;

/** One of {@link outputFormats}. */
export type OutputFormat = (typeof outputFormats)[number];

/** What {@link addOutputOption} adds to a command's options. */
export interface OutputOptions<Format extends string = OutputFormat> {
  readonly output: Format;
}

/** Adds `--output`, perhaps with other formats than the usual ones. */
export function addOutputOption(command: Command, formats: readonly string[] = outputFormats): Command {
  return command.addOption(new Option("--output <format>", "format of the result").choices(formats).default("text"));
}
