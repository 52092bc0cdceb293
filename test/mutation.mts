import { rm } from "node:fs/promises";
import { resolve } from "node:path";

import { watchInterruption } from "@kubernetes-user/toolchain";
import { runProgram } from "./runner/program.mts";

/** Copies of the clone in which mutants run; an interrupted Stryker leaves them behind. */
const sandbox = resolve(import.meta.dirname, "../.stryker/sandbox");

/** Words of the command line go to Stryker: `npm run test:mutation -- --mutate 'components/core/x509/**\/*.ts'`. */
const interruption = watchInterruption();
try {
  const { exitCode } = await runProgram(["stryker", "run", ...process.argv.slice(2)], {
    signal: interruption.signal,
    live: true,
  });
  process.exitCode = interruption.exitCode ?? exitCode;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = interruption.exitCode ?? 1;
} finally {
  await rm(sandbox, { recursive: true, force: true, maxRetries: 3 });
}
