import { parseArgs } from "node:util";

import { watchInterruption } from "@kubernetes-user/toolchain";
import { defaultSuites, isSuiteName, runSuites, suiteNames } from "./runner/suites.mts";

const usage = `Usage: npm test -- [SUITE …] [--files PATTERN] [--name PATTERN]

  SUITE            one or more of ${suiteNames.join(", ")} (default: ${defaultSuites.join(", ")})
  --files PATTERN  only the test files whose path matches
  --name PATTERN   only the tests whose name matches`;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  let wanted: ReturnType<typeof readWords>;
  try {
    wanted = readWords(words);
  } catch (error) {
    console.error(`test: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const interruption = watchInterruption();
  try {
    const { passed, failed, skipped } = await runSuites(wanted.suites, wanted.filter, interruption.signal);
    console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
    return interruption.exitCode ?? (failed === 0 ? 0 : 1);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return interruption.exitCode ?? 1;
  }
}

function readWords(words: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { files: { type: "string" }, name: { type: "string" } },
  });
  const suites = positionals.map((name) => {
    if (!isSuiteName(name)) {
      throw new Error(`expected one of ${suiteNames.join(", ")}, got "${name}".`);
    }
    return name;
  });
  return { suites: suites.length === 0 ? defaultSuites : suites, filter: values };
}
