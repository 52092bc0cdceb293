/** What can go wrong, as stable codes. docs/errors.md lists each with its cause and its remedy. */
export const errorCodes = [
  "invalid-arguments",
  "kubeconfig-unreadable",
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
  readonly path: string;
  readonly message: string;
}

/** The one error class of this package. Its message never holds a key, a token or a kubeconfig. */
export class KubernetesUserError extends Error {
  /** Stable name of what went wrong, as listed in docs/errors.md. */
  readonly code: ErrorCode;

  /** For `invalid-arguments`: every problem found, not only the first. Empty otherwise. */
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, problems: readonly Problem[] = []) {
    super(`${message} [${code}]`);
    this.name = "KubernetesUserError";
    this.code = code;
    this.problems = problems;
    // By this mark @pulumi/pulumi knows an error whose message says all, and shows it without a stack trace.
    Object.defineProperty(this, "__pulumiRunError", { value: true });
  }
}

/**
 * One error that names all problems.
 *
 * @param subject what the arguments belong to, e.g. `KubernetesUser "jane"`.
 */
export function invalidArguments(subject: string, problems: readonly Problem[]): KubernetesUserError {
  const lines = problems.map(({ path, message }) => `${path}: ${message}`);
  const text = lines.length === 1 ? ` ${lines.join("")}` : lines.map((line) => `\n  - ${line}`).join("");
  return new KubernetesUserError("invalid-arguments", `${subject}:${text}`, problems);
}

/** Throws {@link invalidArguments} unless there are no problems. */
export function throwProblems(subject: string, problems: readonly Problem[]): void {
  if (problems.length > 0) {
    throw invalidArguments(subject, problems);
  }
}
