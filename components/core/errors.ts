import { printableLine } from "./text/printable";

/** What can go wrong, as stable codes. docs/errors.md lists each with its cause and its remedy. */
export const errorCodes = [
  "invalid-arguments",
  "kubeconfig-unreadable",
  "package-missing",
  "command-not-allowed",
  "server-unreachable",
  "server-untrusted",
  "server-error",
  "unauthorized",
  "forbidden",
  "namespace-not-found",
  "policy-violated",
  "request-rejected",
  "request-denied",
  "request-failed",
  "request-mismatch",
  "request-not-found",
  "approval-pending",
  "issuance-timeout",
  "certificate-mismatch",
  "certificate-expired",
  "adoption-refused",
  "clock-skew",
  "verification-failed",
  "access-ended",
  "access-not-judged",
  "file-unreadable",
  "file-unwritable",
  "aborted",
] as const;

/** A code that every {@link KubernetesUserError} carries; messages may be reworded, codes stay. */
export type ErrorCode = (typeof errorCodes)[number];

/** One thing that is wrong with one option: `path` is written as in code, `access[0].rules[1].verbs`. */
export interface Problem {
  /** Where the option stands. */
  readonly path: string;
  /** What came, what is expected and what to do. */
  readonly message: string;
}

/**
 * The one error class of this package. Its message never holds a key, a token or a kubeconfig.
 *
 * Messages quote what servers and other people wrote. Everything in them is escaped here, once for all, that a terminal
 * or a CI system would hide or obey, line breaks included: a message has more than one line only if it is given as lines.
 */
export class KubernetesUserError extends Error {
  /** Stable name of what went wrong, as listed in docs/errors.md. */
  readonly code: ErrorCode;

  /** For `invalid-arguments`: every problem found, not only the first. Empty otherwise. */
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string | readonly string[], problems: readonly Problem[] = []) {
    super(`${[message].flat().map(printableLine).join("\n")} [${code}]`);
    this.name = "KubernetesUserError";
    this.code = code;
    this.problems = problems.map(({ path, message }) => ({
      path: printableLine(path),
      message: printableLine(message),
    }));
    // By this mark @pulumi/pulumi knows an error whose message says all, and shows it without a stack trace.
    Object.defineProperty(this, "__pulumiRunError", { value: true });
  }
}

/** An error's message without the code at its end, for those who put it into words of their own. */
export function withoutCode(message: string): string {
  return message.replace(/ \[[a-z-]+\]$/, "");
}

/** The first line of an error's message, without the code: what has happened, before commands and more. */
export function firstLine({ message }: KubernetesUserError): string {
  return withoutCode(message).split("\n")[0] ?? "";
}

/**
 * One error that names all problems.
 *
 * @param subject what the arguments belong to, e.g. `KubernetesUser "jane"`.
 */
export function invalidArguments(subject: string, problems: readonly Problem[]): KubernetesUserError {
  const lines = problems.map(({ path, message }) => `${path}: ${message}`);
  const text =
    lines.length === 1 ? `${subject}: ${lines.join("")}` : [`${subject}:`, ...lines.map((line) => `  - ${line}`)];
  return new KubernetesUserError("invalid-arguments", text, problems);
}

/** Throws {@link invalidArguments} unless there are no problems. */
export function throwErrors(subject: string, problems: readonly Problem[]): void {
  if (problems.length > 0) {
    throw invalidArguments(subject, problems);
  }
}

/** A user's resource as errors and the engine's lists name it. */
export function titleOf(name: string): string {
  return `KubernetesUser ${JSON.stringify(name)}`;
}
