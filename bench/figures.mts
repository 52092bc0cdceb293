import type { RequestCounts } from "./cluster/api-requests.mts";
import type { IssuingSpan } from "./cluster/certificate-requests.mts";
import type { Machine } from "./machine.mts";
import type { ProcessPeak } from "./measure/process-tree.mts";
import type { Cost } from "./measure/statistics.mts";

/** What is measured with stacks: three Pulumi programs, and the client loop that knows no stack. */
export type Subject = "empty" | "users" | "bare" | "loop";

/** How Pulumi programs run. */
export type Settings = "default" | "recommended";

/** What a user does with a stack, in this order. */
export const operations = ["up", "second up", "preview", "destroy"] as const;

/** One of {@link operations}. */
export type Operation = (typeof operations)[number];

/** A subject as it is run. */
export interface Candidate {
  readonly subject: Subject;
  readonly settings: Settings;
}

/** What one operation of a candidate took. */
export interface StackFigure extends Candidate {
  readonly users: number;
  readonly operation: Operation;
  readonly costs: readonly Cost[];
}

/** What `up` of a candidate asked the API server for. */
export interface RequestFigure extends Candidate {
  readonly users: number;
  readonly counts: RequestCounts;
}

/** How fast the certificates of one `up` were issued. */
export interface IssuingFigure extends Candidate {
  readonly users: number;
  readonly spans: readonly IssuingSpan[];
}

/** Bytes of the state that one kind of resources takes. */
export interface StateShare {
  readonly type: string;
  readonly count: number;
  readonly bytes: number;
}

/**
 * How users are declared: with the kubeconfig of the environment, with a kubeconfig as a text, or with that of the
 * environment and one Role for all of them.
 */
export type StateVariant = "ambient kubeconfig" | "explicit kubeconfig" | "shared Role";

/** What the state of a stack takes. */
export interface StateFigure {
  readonly subject: "users" | "bare";
  readonly variant: StateVariant;
  readonly users: number;
  readonly shares: readonly StateShare[];
}

/** What a run of `pulumi up` takes of the machine. */
export interface PeakFigure extends Candidate, ProcessPeak {
  readonly users: number;
}

/** What a program took that runs by itself. */
export interface CommandFigure {
  readonly name: CommandName;
  readonly costs: readonly Cost[];
}

/** Programs that run by themselves. */
export const commandNames = [
  "node -e 0",
  'require("kubernetes-user")',
  'require("kubernetes-user/provider")',
  'require("kubernetes-user/cdk8s")',
  "kubernetes-user --help",
  "kubernetes-user whoami",
  "kubernetes-user credential, fresh",
  "start of the plugin",
  "cdk8s synth of 1000 users",
] as const;

/** One of {@link commandNames}. */
export type CommandName = (typeof commandNames)[number];

/** What OpenTofu took for some users. */
export interface TofuFigure {
  readonly users: number;
  readonly operation: Operation;
  readonly costs: readonly Cost[];
}

/** All that a run has measured. What it did not measure is missing or empty. */
export interface Figures {
  readonly quick: boolean;
  readonly machine: Machine;
  /** Names and versions of the toolchain's programs, and which are stubs. */
  readonly programs: readonly string[];
  /** What could not be measured, and why. */
  readonly failures: readonly string[];
  readonly stacks: readonly StackFigure[];
  readonly requests: readonly RequestFigure[];
  readonly issuing: readonly IssuingFigure[];
  /** The shell steps of the Kubernetes page, for one user each. */
  readonly pageSteps: readonly Cost[];
  readonly tofu: readonly TofuFigure[];
  readonly states: readonly StateFigure[];
  readonly peaks: readonly PeakFigure[];
  readonly commands: readonly CommandFigure[];
}

/** The figures of a run that has measured nothing yet. */
export const nothingMeasured = {
  failures: [],
  stacks: [],
  requests: [],
  issuing: [],
  pageSteps: [],
  tofu: [],
  states: [],
  peaks: [],
  commands: [],
} as const satisfies Partial<Figures>;
