import { constants } from "node:os";

import { type DemoArguments, readArguments, usage, UsageError } from "./demo/arguments.mts";
import { runDemo } from "./demo/demo.mts";
import { Steps } from "./demo/steps.mts";

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  let args: DemoArguments;
  try {
    args = readArguments(words);
  } catch (error) {
    console.error(`demo: ${error instanceof UsageError ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (args.help) {
    console.log(usage);
    return 0;
  }
  const interrupted = new AbortController();
  let exitCode: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      exitCode ??= 128 + constants.signals[signal];
      interrupted.abort(new Error(`stopped by ${signal}`));
    });
  }
  try {
    await runDemo(args, new Steps(), interrupted.signal);
    return exitCode ?? 0;
  } catch (error) {
    console.error(
      `\n${exitCode === undefined ? "The demo failed: " : "The demo was "}${error instanceof Error ? error.message : String(error)}`,
    );
    return exitCode ?? 1;
  }
}
