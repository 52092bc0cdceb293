import { readFile, writeFile } from "node:fs/promises";
import {
  type Injector,
  type PluginContext,
  PluginKind,
  commonTokens,
  declareFactoryPlugin,
  tokens,
} from "@stryker-mutator/api/plugin";
import {
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestRunner,
  type TestRunnerCapabilities,
} from "@stryker-mutator/api/test-runner";
import { strykerPlugins as jestPlugins } from "@stryker-mutator/jest-runner";
import { noticed, untried } from "./trials.mts";

/** In the sandbox: what the dry run has found out, for the processes that run the rest. */
const findingsFile = "mutant-findings.json";

/**
 * Stryker's runner of jest, whose first run, which finds out what each test reaches, tries the mutants too (trials.mts).
 * Of those that no test has noticed there, only those have a run of their own that also loading reaches, or that not
 * every test has tried.
 */
class TrialRunner implements TestRunner {
  readonly #jest: TestRunner;
  #findings: Promise<unknown> | undefined;

  constructor(jest: TestRunner) {
    this.#jest = jest;
  }

  capabilities(): Promise<TestRunnerCapabilities> | TestRunnerCapabilities {
    return this.#jest.capabilities();
  }

  async init(): Promise<void> {
    await this.#jest.init?.();
  }

  async dispose(): Promise<void> {
    await this.#jest.dispose?.();
  }

  async dryRun(options: DryRunOptions): Promise<DryRunResult> {
    const result = await ignoringErrors(() => this.#jest.dryRun(options));
    const loaded = result.status === DryRunStatus.Complete ? Object.keys(result.mutantCoverage?.static ?? {}) : [];
    const open = [...untried, ...loaded].map((id) => [id, ""]);
    await writeFile(findingsFile, JSON.stringify(Object.fromEntries([...open, ...noticed])));
    return result;
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    this.#findings ??= readFile(findingsFile, "utf8").then(JSON.parse);
    const finding = textOf(await this.#findings, options.activeMutant.id);
    if (finding !== undefined && finding !== "") {
      return {
        status: MutantRunStatus.Killed,
        killedBy: [finding],
        failureMessage: "noticed in the first run",
        nrOfTests: 1,
      };
    }
    const isTried = finding === undefined && options.testFilter !== undefined;
    return isTried ? { status: MutantRunStatus.Survived, nrOfTests: 1 } : this.#jest.mutantRun(options);
  }
}

/** Between two test files nobody catches what a mutant has broken, such as a connection; it would end the process. */
async function ignoringErrors<T>(work: () => Promise<T>): Promise<T> {
  const ignore = (): void => undefined;
  process.on("uncaughtException", ignore).on("unhandledRejection", ignore);
  try {
    return await work();
  } finally {
    process.off("uncaughtException", ignore).off("unhandledRejection", ignore);
  }
}

function textOf(value: unknown, key: string): string | undefined {
  const text: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  return typeof text === "string" ? text : undefined;
}

function trialRunner(injector: Injector<PluginContext>): TestRunner {
  const [plugin] = jestPlugins;
  if (plugin === undefined) {
    throw new Error("@stryker-mutator/jest-runner: expected a test runner, got none.");
  }
  return new TrialRunner(injector.injectFunction(plugin.factory));
}
trialRunner.inject = tokens(commonTokens.injector);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, "jest-trials", trialRunner)];
