import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from "@stryker-mutator/api/core";
import { TestEnvironment } from "jest-environment-node";
import { type Test, addTrials } from "./trials.mts";

/** What jest-circus tells. */
interface TestEvent {
  readonly name: string;
  readonly test?: Test & { mode?: unknown };
}

/** What jest-circus has found outside of tests. */
interface RunState {
  readonly unhandledErrors: unknown[];
  readonly unhandledRejectionErrorByPromise: Map<unknown, unknown>;
}

/** Where a test file runs when Stryker runs it. */
export default class MutationEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent({ name, test }: TestEvent, state: RunState): void {
    const isRunOfOneMutant = process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE] !== undefined;
    this.#hasFailed ||= name === "test_fn_failure" || name === "hook_failure";
    if (isRunOfOneMutant) {
      // One test that fails is enough.
      if (name === "test_start" && test !== undefined && this.#hasFailed) {
        test.mode = "skip";
      }
    } else if (name === "test_start" && test !== undefined) {
      addTrials(test, () => this.#context());
    } else {
      this.#forgetErrors(name, test, state);
    }
  }

  /** What mutants have broken may show much later: a test fails here by its own function only. */
  #forgetErrors(name: string, test: Test | undefined, state: RunState): void {
    if (name === "test_done" && test !== undefined && !this.#hasFailed) {
      test.errors.length = 0;
    } else if (name === "run_finish") {
      state.unhandledErrors.length = 0;
      state.unhandledRejectionErrorByPromise.clear();
    }
  }

  #context(): InstrumenterContext {
    const context: unknown = Reflect.get(this.global, INSTRUMENTER_CONSTANTS.NAMESPACE);
    return typeof context === "object" && context !== null ? context : {};
  }
}
