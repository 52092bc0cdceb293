import { type Command } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../components/core/options/validation-errors";
import { exitCodes } from "./exit-codes";
import { describeFailure } from "./failure";
import { systemCode, unwritableFile } from "./files/file-errors";
import { watchInterruption } from "./interruption";
import { CommandContext } from "./command-context";

/**
 * What makes the command line.
 *
 * @param words what follows the program's name.
 * @param version the package's.
 */
export type BuildProgram = (run: CommandContext, words: readonly string[], version: string) => Promise<Command>;

/** Runs the command line. */
export async function run(build: BuildProgram): Promise<void> {
  const interruption = watchInterruption();
  const context = new CommandContext(interruption.signal);
  const outputLost = watchOutput();
  try {
    const program = await build(context, process.argv.slice(2), version());
    await program.parseAsync();
    process.exitCode = interruption.exitCode() ?? outputLost() ?? context.exitCode;
  } catch (error) {
    const exitCode = tell(error);
    process.exitCode = interruption.exitCode() ?? exitCode;
  }
}

/** Says what went wrong. Returns the exit code. */
function tell(error: unknown): number {
  const { text, exitCode } = describeFailure(error);
  if (text !== undefined && text !== "") {
    process.stderr.write(`${text}\n`);
  }
  return exitCode;
}

/**
 * Lets the command end in order when nobody reads what it prints: a run that has approved something tells the truth in
 * its exit code even then. Returns that code when a result is lost that somebody wanted.
 */
function watchOutput(): () => number | undefined {
  let lost: number | undefined;
  process.stdout.on("error", (error) => {
    // Whoever reads has had enough, as in "kubernetes-user status | head -1".
    if (systemCode(error) === "EPIPE" || lost !== undefined) {
      return;
    }
    const what = `cannot be written (${systemCode(error)}), so the result is lost`;
    lost = tell(unwritableFile("standard output", what, "What was approved, denied or written stays so."));
    process.exitCode = process.exitCode === undefined || process.exitCode === exitCodes.done ? lost : process.exitCode;
  });
  // The terminal is gone, for instance, which has sent SIGHUP.
  process.stderr.on("error", () => undefined);
  return () => lost;
}

/** The package's version. */
function version(): string {
  // From dist/cli, where this runs.
  const content: unknown = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  return isRecord(content) ? String(content["version"]) : "unknown";
}
