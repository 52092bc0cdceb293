import { type Colour, type CommandContext } from "../command-context";
import { type ExitCode, exitCodes } from "../exit-codes";
import { type OutputFormat } from "../options/output-option";
import { printableLine } from "../../components/core/text/printable";
import { type RequestFacts } from "./examination";

/** What became of a request. */
export type OutcomeKind = "issued" | "approved" | "denied" | "refused" | "failed" | "skipped" | "pending" | "unknown";

/** A request's facts, all undefined but its name when it could not be read. */
type OutcomeFacts = { readonly [Fact in keyof Omit<RequestFacts, "stage">]: RequestFacts[Fact] | undefined } & {
  readonly name: string;
};

/** What became of a request, and of which. */
export interface Outcome extends OutcomeFacts {
  readonly outcome: OutcomeKind;
  /** For people: why, or what came of it. */
  readonly details: readonly string[];
  /** When the certificate ends, RFC 3339, when there is one. */
  readonly notAfter?: string;
  /** The kubeconfig that was written, if one was. */
  readonly file?: string;
  /** What an approver should know of its names; undefined when the cluster could not be asked. */
  readonly warnings?: readonly string[] | undefined;
}

/** Where a decision was made. */
export interface DecisionPlace {
  readonly context: string;
  readonly clusterName: string;
  readonly server: string;
}

/** An outcome in the words of all commands' JSON. */
function jsonOf({ name, outcome, submitted, file, ...others }: Outcome): Omit<
  Outcome,
  "name" | "outcome" | "submitted" | "file"
> & {
  readonly csrName: string;
  readonly status: OutcomeKind;
  readonly submittedAt: string | undefined;
  readonly kubeconfigFile?: string;
} {
  const written = file === undefined ? {} : { kubeconfigFile: file };
  return { csrName: name, status: outcome, submittedAt: submitted, ...others, ...written };
}

/** An outcome of a request. */
export function outcomeOf(
  { stage, ...facts }: RequestFacts,
  outcome: OutcomeKind,
  details: readonly string[] = [],
  more: Pick<Outcome, "notAfter" | "file" | "warnings"> = {},
): Outcome {
  return { ...facts, outcome, details, ...more };
}

/** The outcome of a request that could not be read. */
export function outcomeOfUnread(name: string, detail: string): Outcome {
  return {
    name,
    username: undefined,
    groups: undefined,
    keyAlgorithm: undefined,
    keySize: undefined,
    fingerprint: undefined,
    signerName: undefined,
    usages: undefined,
    expirationSeconds: undefined,
    requestor: undefined,
    submitted: undefined,
    labelled: undefined,
    outcome: "failed",
    details: [detail],
  };
}

const colours: Readonly<Record<OutcomeKind, Colour>> = {
  issued: "green",
  approved: "yellow",
  denied: "yellow",
  refused: "red",
  failed: "red",
  skipped: "yellow",
  pending: "yellow",
  unknown: "red",
};

/**
 * Prints what became of the requests and sets the exit code.
 *
 * @param done the outcomes that were wanted; whatever else is there, the exit code tells.
 * @param place where they were decided, for JSON.
 */
export function printOutcomes(
  run: CommandContext,
  format: OutputFormat,
  outcomes: readonly Outcome[],
  done: readonly OutcomeKind[],
  place?: DecisionPlace,
): void {
  const data = outcomes.map((outcome) => ({ ...place, ...jsonOf(outcome) }));
  run.result(format, data, () =>
    outcomes.map(({ name, outcome, details }) => {
      const text = details.length === 0 ? "" : `: ${details.join(" ")}`;
      return `${printableLine(name)} ${run.colour(colours[outcome], outcome)}${printableLine(text)}`;
    }),
  );
  run.exitCode = exitCodeOf(outcomes, done);
}

/** The exit code for these outcomes. */
export function exitCodeOf(outcomes: readonly Outcome[], done: readonly OutcomeKind[]): ExitCode {
  const others = outcomes.map(({ outcome }) => outcome).filter((outcome) => !done.includes(outcome));
  if (others.some((outcome) => ["denied", "refused", "failed", "unknown"].includes(outcome))) {
    return exitCodes.refused;
  }
  return others.length > 0 ? exitCodes.pending : exitCodes.done;
}
