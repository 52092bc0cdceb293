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
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestRunner,
  type TestRunnerCapabilities,
} from "@stryker-mutator/api/test-runner";
import { strykerPlugins as jestPlugins } from "@stryker-mutator/jest-runner";
import { noticed } from "./trials.mts";

/** In the sandbox: what the dry run has found out, for the processes that run the rest. */
const findingsFile = "noticed-mutants.json";

/**
 * Stryker's runner of jest, whose first run, which finds out what each test reaches, tries the mutants too (trials.mts).
 * Only those that no test has noticed there, and those that only loading reaches, have runs of their own.
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
    const result = await this.#jest.dryRun(options);
    await writeFile(findingsFile, JSON.stringify(Object.fromEntries(noticed)));
    return result;
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    this.#findings ??= readFile(findingsFile, "utf8").then(JSON.parse);
    const findings = await this.#findings;
    const test: unknown =
      typeof findings === "object" && findings !== null ? Reflect.get(findings, options.activeMutant.id) : undefined;
    return typeof test === "string"
      ? { status: MutantRunStatus.Killed, killedBy: [test], failureMessage: "noticed in the first run", nrOfTests: 1 }
      : this.#jest.mutantRun(options);
  }
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
