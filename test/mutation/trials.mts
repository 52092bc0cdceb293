import { setImmediate } from "node:timers/promises";
import { type InstrumenterContext } from "@stryker-mutator/api/core";

/** A test of jest-circus, as far as it takes to run it once more. */
export interface Test {
  fn?: TestFunction | undefined;
  timeout?: number | undefined;
  /** Milliseconds since 1970. */
  startedAt?: number | null | undefined;
  /** What went wrong beside the function, too. */
  readonly errors: unknown[];
  readonly unhandledRejectionErrorByPromise: Map<unknown, unknown>;
  readonly parent: Block;
}

/** A `describe` of jest-circus, with its hooks. */
export interface Block {
  readonly parent?: Block | undefined;
  readonly hooks: readonly { readonly type: string; readonly fn: TestFunction }[];
}

type TestFunction = (this: object) => unknown;

/** How a test ended: one that did not in time has failed. */
type Ending = "passed" | "failed";

/** The test that has noticed each mutant, by the mutants' ids. Test files of a process share it. */
export const noticed = new Map<string, string>();

/** Mutants that not every test that reaches them has tried: left to runs of jest. */
export const untried = new Set<string>();

/** What all mutants that one test reaches may take of it, in milliseconds. Where that is too little, jest runs decide. */
const budget = 60_000;

/** As jest has it. */
const defaultTimeout = 5000;

/** So many times as often as usual a mutant may be passed: then it is in a loop without end. As Stryker has it. */
const hitFactor = 100;

/** What the code that was reached again counts for: no test. */
const nobody = "\0";

/** Those of a test file, in the hands of its environment: fake timers of tests do not reach them. */
const { setTimeout, clearTimeout } = globalThis;

/**
 * Has a test, once it has passed, run again for each mutant that it reaches, with the modules that are loaded already: a
 * hundred times faster than a run of jest for each mutant. If the test fails with a mutant, it has noticed it. What the
 * test file has computed while it was loaded stays as it is without a mutant.
 */
export function addTrials(test: Test, context: () => InstrumenterContext): void {
  const { fn } = test;
  if (fn === undefined) {
    return;
  }
  const { timeout = defaultTimeout } = test;
  test.timeout = timeout + (budget + timeout) * 2;
  // Within the test's own function: elsewhere, jest lets nobody use its fake timers.
  test.fn = async function () {
    await fn.call(this);
    const began = Date.now();
    await tryMutants(new Trial(fn, test), timeout, context());
    test.startedAt = (test.startedAt ?? began) + Date.now() - began;
  };
}

/** @param timeout of the test, in milliseconds: with a mutant, too, it fails where it takes longer. */
async function tryMutants(trial: Trial, timeout: number, context: InstrumenterContext): Promise<void> {
  const { currentTestId: name = "", mutantCoverage: coverage } = context;
  const hits = coverage?.perTest[name] ?? {};
  const mutants = Object.keys(hits).filter((id) => !noticed.has(id));
  const left = new Set(mutants);
  if (mutants.length === 0 || coverage === undefined) {
    return;
  }
  context.currentTestId = nobody;
  const began = performance.now();
  await trial.end();
  // A test that cannot run twice, or not after a mutant, says nothing about the next one.
  let isSound = (await trial.run(budget)) === "passed";
  const limit = Math.max(timeout, (performance.now() - began) * 10);
  for (const id of mutants) {
    if (!isSound || performance.now() - began > budget) {
      break;
    }
    Object.assign(context, { activeMutant: id, hitCount: 0, hitLimit: (hits[id] ?? 1) * hitFactor });
    const ending = await trial.run(limit);
    Object.assign(context, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    left.delete(id);
    if (ending === "failed") {
      noticed.set(id, name);
      isSound = (await trial.run(limit)) === "passed";
    }
  }
  for (const id of left) {
    untried.add(id);
  }
  // jest ends what it has begun.
  await trial.begin();
  Reflect.deleteProperty(coverage.perTest, nobody);
  context.currentTestId = name;
}

/** A test's function with all that is done before and after it. */
class Trial {
  readonly #before: readonly TestFunction[];
  readonly #after: readonly TestFunction[];
  readonly #fn: TestFunction;
  readonly #test: Test;

  constructor(fn: TestFunction, test: Test) {
    const outer = blocksOf(test.parent);
    this.#fn = fn;
    this.#test = test;
    this.#before = hooksOf(outer, "beforeEach");
    this.#after = hooksOf(outer.toReversed(), "afterEach");
  }

  begin(): Promise<Ending> {
    return run(this.#before);
  }

  end(): Promise<Ending> {
    return run(this.#after);
  }

  /** Runs it, and then cleans up, each within so many milliseconds. */
  async run(limit: number): Promise<Ending> {
    const ending = await within(limit, run([...this.#before, this.#fn]));
    const cleaning = await within(limit, this.end());
    // Errors that nobody catches come a little later.
    await setImmediate();
    const isClean = this.#forgetErrors();
    return isClean && ending === "passed" ? cleaning : "failed";
  }

  /** jest takes what goes wrong meanwhile for errors of the test. Returns whether there was nothing. */
  #forgetErrors(): boolean {
    const { errors, unhandledRejectionErrorByPromise: rejections } = this.#test;
    const isClean = errors.length === 0 && rejections.size === 0;
    errors.length = 0;
    rejections.clear();
    return isClean;
  }
}

async function within(limit: number, work: Promise<Ending>): Promise<Ending> {
  const timer = Promise.withResolvers<Ending>();
  const timeout = setTimeout(() => {
    timer.resolve("failed");
  }, limit);
  try {
    return await Promise.race([timer.promise, work]);
  } finally {
    clearTimeout(timeout);
  }
}

async function run(functions: readonly TestFunction[]): Promise<Ending> {
  try {
    for (const one of functions) {
      await one.call({});
    }
    return "passed";
  } catch {
    return "failed";
  }
}

/** A block and what it stands in, the outermost first. */
function blocksOf(block: Block | undefined): Block[] {
  return block === undefined ? [] : [...blocksOf(block.parent), block];
}

function hooksOf(blocks: readonly Block[], type: "beforeEach" | "afterEach"): TestFunction[] {
  return blocks.flatMap(({ hooks }) => hooks.filter((hook) => hook.type === type).map(({ fn }) => fn));
}
