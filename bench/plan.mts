import { parseArgs } from "node:util";
import type { Settings } from "./figures.mts";

/** How often the stacks of one size are run. */
export interface StackPlan {
  readonly users: number;
  readonly rounds: number;
  readonly settings: readonly Settings[];
  /** Only the first `up`. */
  readonly upOnly?: boolean;
}

/** What a run measures, and how often. */
export interface Plan {
  readonly quick: boolean;
  /** After `repeating` nothing is repeated any more; `measuring` ends what is under way. No limit: not given. */
  readonly seconds?: { readonly repeating: number; readonly measuring: number };
  /** In this order. A size that comes again is a repetition, to which the time for repetitions applies. */
  readonly stacks: readonly StackPlan[];
  /** How many users the shell steps are run for. */
  readonly pageSteps: number;
  /** Sizes at which memory and processes are looked at. */
  readonly memory: readonly number[];
  /** Users of the stack whose state is looked at. */
  readonly stateUsers: number;
  readonly commandRounds: number;
  readonly importRounds: number;
  readonly cdk8sRounds: number;
}

const fullPlan: Plan = {
  quick: false,
  stacks: [
    { users: 1, rounds: 5, settings: ["default", "recommended"] },
    { users: 10, rounds: 3, settings: ["default", "recommended"] },
    { users: 100, rounds: 2, settings: ["default", "recommended"] },
    { users: 300, rounds: 1, settings: ["recommended"] },
    // What writing the state takes grows with the square of the number of users.
    { users: 300, rounds: 1, settings: ["default"], upOnly: true },
    { users: 1000, rounds: 1, settings: ["recommended"], upOnly: true },
  ],
  pageSteps: 10,
  memory: [1, 100],
  stateUsers: 10,
  commandRounds: 25,
  importRounds: 9,
  cdk8sRounds: 5,
};

const quickPlan: Plan = {
  quick: true,
  // Of five minutes; the rest is for setting up and cleaning up.
  seconds: { repeating: 210, measuring: 270 },
  stacks: [
    { users: 1, rounds: 1, settings: ["default"] },
    { users: 100, rounds: 1, settings: ["recommended"], upOnly: true },
    { users: 10, rounds: 1, settings: ["recommended"], upOnly: true },
    { users: 30, rounds: 1, settings: ["default"] },
    { users: 1, rounds: 2, settings: ["default"] },
    { users: 30, rounds: 1, settings: ["default"] },
    { users: 1, rounds: 2, settings: ["default"] },
  ],
  pageSteps: 3,
  memory: [1],
  stateUsers: 3,
  commandRounds: 11,
  importRounds: 3,
  cdk8sRounds: 1,
};

/** What the command line asks for. */
export interface BenchOptions {
  readonly plan: Plan;
  readonly write: boolean;
  readonly help: boolean;
}

/** @throws Error that says which option is wrong */
export function readOptions(words: readonly string[]): BenchOptions {
  const flag = { type: "boolean", default: false } as const;
  const options = { quick: flag, write: flag, help: flag, most: { type: "string" } } as const;
  const { values } = parseArgs({ args: [...words], options });
  if (values.quick && values.write) {
    throw new Error("--write: expected a full run, got --quick. Few repetitions are no figures to keep.");
  }
  const plan = values.quick ? quickPlan : fullPlan;
  const most = values.most === undefined ? Number.POSITIVE_INFINITY : readMost(values.most);
  return {
    plan: { ...plan, stacks: plan.stacks.filter(({ users }) => users <= most) },
    write: values.write,
    help: values.help,
  };
}

function readMost(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new Error(`--most: expected a number of users, got ${JSON.stringify(text)}. Give an integer of at least 1.`);
  }
  return Number(text);
}
