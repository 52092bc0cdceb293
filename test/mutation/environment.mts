import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from "@stryker-mutator/api/core";
import { TestEnvironment } from "jest-environment-node";
import { type Test, addTrials } from "./trials.mts";

/** What jest-circus tells. */
interface TestEvent {
  readonly name: string;
  readonly test?: Test & { mode?: unknown };
}

/** Where a test file runs when Stryker runs it. */
export default class MutationEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent({ name, test }: TestEvent): void {
    const isRunOfOneMutant = process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE] !== undefined;
    this.#hasFailed ||= name === "test_fn_failure" || name === "hook_failure";
    if (name !== "test_start" || test === undefined) {
      return;
    }
    if (!isRunOfOneMutant) {
      addTrials(test, () => this.#context());
    } else if (this.#hasFailed) {
      // One test that fails is enough.
      test.mode = "skip";
    }
  }

  #context(): InstrumenterContext {
    const context: unknown = Reflect.get(this.global, INSTRUMENTER_CONSTANTS.NAMESPACE);
    return typeof context === "object" && context !== null ? context : {};
  }
}
