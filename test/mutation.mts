import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { watchInterruption } from "@kubernetes-user/toolchain";
import { type Part, partVariable, partsOf, staticVariable } from "./mutation/parts.mts";
import { type Score, readScore, scoreLine, sumOf } from "./mutation/score.mts";
import { runProgram } from "./runner/program.mts";

const usage = `Usage: npm run test:mutation -- [PATH …] [--static] [OPTION …]

  PATH      a folder or a file of components/core or components/cluster (default: both)
  --static  also what only loading reaches, such as tables and regular expressions
  OPTION    an option of Stryker's: https://stryker-mutator.io/docs/stryker-js/configuration/`;

const repository = resolve(import.meta.dirname, "..");

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const firstOption = words.findIndex((word) => word.startsWith("-"));
  const end = firstOption === -1 ? words.length : firstOption;
  let parts: readonly Part[];
  try {
    parts = partsOf(words.slice(0, end));
  } catch (error) {
    console.error(`test:mutation: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const interruption = watchInterruption();
  try {
    await runParts(parts, words.slice(end), interruption.signal);
    return interruption.exitCode ?? 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return interruption.exitCode ?? 1;
  }
}

/** Runs as many parts at once as there are cores, and prints the score of each as soon as it is known. */
async function runParts(parts: readonly Part[], options: readonly string[], signal: AbortSignal): Promise<void> {
  const scores: Score[] = [];
  const waiting = [...parts];
  const runNext = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const score = await runPart(part, options, parts.length === 1, signal);
      scores.push(score);
      console.log(scoreLine(score));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), parts.length) }, runNext));
  if (parts.length > 1) {
    console.log(scoreLine(sumOf(scores)));
  }
  console.log(`Survivors: ${parts.map(({ reports }) => `${reports}/report.html`).join(", ")}`);
}

/** Runs Stryker for one part; its own words are printed when nothing runs beside it, or when it fails. */
async function runPart(part: Part, options: readonly string[], live: boolean, signal: AbortSignal): Promise<Score> {
  // What tests leave behind that a mutant has ended goes with the run.
  const temporary = await mkdtemp(join(tmpdir(), "ku-"));
  try {
    const { exitCode, output } = await runProgram(
      ["stryker", "run", ...options.filter((word) => word !== "--static")],
      {
        signal,
        environment: {
          [partVariable]: part.path,
          ...(options.includes("--static") ? { [staticVariable]: "1" } : {}),
          TMPDIR: temporary,
        },
        live,
      },
    );
    if (exitCode !== 0) {
      throw new Error(`${output}\n${part.path}: Stryker failed (exit code ${exitCode}).`);
    }
    return await readScore(part.path, join(repository, part.reports, "report.json"));
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
    // An interrupted Stryker leaves the copy of the clone in which mutants run.
    await rm(join(repository, part.reports, "sandbox"), { recursive: true, force: true, maxRetries: 3 });
  }
}
