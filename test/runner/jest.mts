import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Outcome } from "./outcome.mts";
import { runProgram } from "./program.mts";

/** Which tests to run. */
export interface JestFilter {
  /** Pattern of the files' paths. */
  readonly files?: string | undefined;
  /** Pattern of the tests' names. */
  readonly name?: string | undefined;
}

/** Projects that need nothing but Node.js. */
export const alone = ["unit", "toolchain"] as const;

/** Projects that run against a control plane. */
export const onCluster = ["engine", "tools", "faults"] as const;

/**
 * Files that run at once on two cores, where jest by default runs one at a time. Tests on a cluster wait for it, and for
 * registries, a fifth of their time.
 */
const workers = { alone: 2, onCluster: 3 };

/** Where jest keeps what it has compiled, by default in the folder for temporary files, which here goes with each run. */
const cache = resolve(import.meta.dirname, "../../node_modules/.cache/jest");
/** The same for the programs that tests start: most of a small program's time is compiling Pulumi's SDK. */
const compileCache = resolve(import.meta.dirname, "../../node_modules/.cache/node");

/** A run of the engine takes seconds, many at once take more; one that hangs should still be named. */
const engineTimeoutMs = 300_000;

/** Runs one of jest's projects and counts its tests. A file that cannot be run counts as one failure. */
export async function jest(
  project: (typeof alone | typeof onCluster)[number],
  environment: Readonly<Record<string, string>>,
  { files, name }: JestFilter,
  signal: AbortSignal,
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-jest-"));
  const report = join(folder, "report.json");
  // What others leave behind goes with the run: cdk8s its output, the kubernetes provider's plugin kubeconfigs.
  // A short path: errors quote no more than the beginning of long ones.
  const temporary = await mkdtemp(join(tmpdir(), "ku-"));
  const needsCluster = onCluster.some((one) => one === project);
  const options = [
    "--maxWorkers",
    String(needsCluster ? workers.onCluster : workers.alone),
    ...(needsCluster ? ["--testTimeout", String(engineTimeoutMs)] : []),
    ...(files === undefined ? [] : ["--testPathPatterns", files]),
    ...(name === undefined ? [] : ["--testNamePattern", name]),
  ];
  try {
    const { exitCode } = await runProgram(
      ["jest", "--selectProjects", project, "--json", "--outputFile", report, ...options, "--cacheDirectory", cache],
      {
        signal,
        environment: {
          ...environment,
          TMPDIR: temporary,
          NODE_COMPILE_CACHE: compileCache,
          NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning",
        },
        live: true,
      },
    );
    const outcome = readReport(await readFile(report, "utf8"));
    // What fails outside every test (a crash while it ends, say) is in no count.
    return exitCode !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

function readReport(text: string): Outcome {
  const report: unknown = JSON.parse(text);
  const count = (key: string): number => {
    const value: unknown = typeof report === "object" && report !== null ? Reflect.get(report, key) : undefined;
    if (typeof value !== "number") {
      throw new Error(`jest's report has no ${key}.`);
    }
    return value;
  };
  return {
    passed: count("numPassedTests"),
    failed: count("numFailedTests") + count("numRuntimeErrorTestSuites"),
    skipped: count("numPendingTests") + count("numTodoTests"),
  };
}
