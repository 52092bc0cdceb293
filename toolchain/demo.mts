import { type DemoArguments, readArguments, usage, UsageError } from "./demo/arguments.mts";
import { runDemo } from "./demo/demo.mts";
import { Steps } from "./demo/output.mts";
import { watchInterruption } from "./processes.mts";

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
  const interruption = watchInterruption();
  try {
    await runDemo(args, new Steps(), interruption.signal);
    return interruption.exitCode ?? 0;
  } catch (error) {
    console.error(
      `\n${interruption.exitCode === undefined ? "The demo failed: " : "The demo was "}${error instanceof Error ? error.message : String(error)}`,
    );
    return interruption.exitCode ?? 1;
  }
}
