import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackage } from "./package-build.mts";

/* toolchain/bootstrap.cjs runs it wherever dist is missing or old. */

const { values } = parseArgs({ options: { out: { type: "string", default: join(import.meta.dirname, "../dist") } } });
try {
  await buildPackage(values.out);
} catch (error) {
  console.error(`build: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
