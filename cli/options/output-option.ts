import { type Command, Option } from "commander";

/** How a result is printed. */
export const outputFormats = ["text", "json"] as const;

/** One of {@link outputFormats}. */
export type OutputFormat = (typeof outputFormats)[number];

/** What {@link addOutputOption} adds to a command's options. */
export interface OutputOptions {
  readonly output: OutputFormat;
}

/** Adds `--output`. */
export function addOutputOption(command: Command): Command {
  return command.addOption(
    new Option("--output <format>", "how the result is printed").choices(outputFormats).default("text"),
  );
}
