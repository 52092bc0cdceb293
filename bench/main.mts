import { watchInterruption } from "@kubernetes-user/toolchain";
import { measureAll } from "./measurements.mts";
import { type BenchOptions, readOptions } from "./plan.mts";
import { reportOf, writeReport } from "./report/document.mts";
import { withScene } from "./scene/scene.mts";

const usage = `Usage: npm run bench -- [--quick] [--most N] [--write]

  --quick  at most 5 minutes on 2 cores: fewer users, fewer repetitions
  --most   stacks of at most so many users
  --write  put tables and plot into docs/performance.md; not with --quick`;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = readOptions(words);
  } catch (error) {
    console.error(`bench: ${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const interruption = watchInterruption();
  try {
    const figures = await withScene(options.plan, interruption.signal, measureAll);
    console.log(reportOf(figures));
    if (options.write) {
      console.error(`written: ${(await writeReport(figures)).join(", ")}`);
    }
    figures.failures.forEach((failure) => {
      console.error(`bench: not measured: ${failure}`);
    });
    return interruption.exitCode ?? (figures.failures.length === 0 ? 0 : 1);
  } catch (error) {
    console.error(`bench: ${messageOf(error)}`);
    return interruption.exitCode ?? 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
