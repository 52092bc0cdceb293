#!/usr/bin/env node
import { describeFailure } from "./failure";
import { watchInterruption } from "./interruption";
import { buildProgram } from "./program";
import { Session } from "./session";

void main();

async function main(): Promise<void> {
  const interruption = watchInterruption();
  const session = new Session(interruption.signal);
  // Whoever reads has had enough, as in "kubernetes-user status | head -1".
  process.stdout.on("error", () => process.exit(session.exitCode));
  try {
    await buildProgram(session).parseAsync();
    process.exitCode = interruption.exitCode() ?? session.exitCode;
  } catch (error) {
    const { text, exitCode } = describeFailure(error);
    if (text !== undefined && text !== "") {
      process.stderr.write(`${text}\n`);
    }
    process.exitCode = interruption.exitCode() ?? exitCode;
  }
}
