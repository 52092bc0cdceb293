import { inspect } from "node:util";
import { ValidationErrors } from "../../../components/core/options/validation-errors";
import { type ErrorCode, KubernetesUserError, type Problem } from "../../../components/core/errors";

/** The error that `act` throws, which has to be this project's own. */
export function errorOf(act: () => unknown): KubernetesUserError {
  const error = errorIfAny(act);
  if (error === undefined) {
    throw new Error("expected an error, and none was thrown");
  }
  return error;
}

/** The error that a promise rejects with, which has to be this project's own. */
export async function rejectionOf(promise: Promise<unknown>): Promise<KubernetesUserError> {
  return ownError(
    await promise.then(
      () => new Error("expected a rejection, and there was none"),
      (error: unknown) => error,
    ),
  );
}

function ownError(error: unknown): KubernetesUserError {
  if (error instanceof KubernetesUserError) {
    return error;
  }
  throw error;
}

/** The error that `act` throws, if it throws one; it has to be this project's own. */
export function errorIfAny(act: () => unknown): KubernetesUserError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return ownError(error);
  }
}

/** A full stop behind another one, or behind a sentence in brackets. A path such as `../x` and an ellipsis are none. */
const doubledStop = /(?<![./])\.\.(?=\s|$)|[.!?]\)\.(?=\s|$)/m;

/** Expects an error of that code whose message holds every one of `words`, and no full stop twice. */
export function expectError(error: KubernetesUserError, code: ErrorCode, ...words: readonly string[]): void {
  expect(error.code).toBe(code);
  // What is quoted may be anything.
  expect(error.message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')).not.toMatch(doubledStop);
  for (const word of words) {
    expect(error.message).toContain(word);
  }
}

/** What a check notes. */
export function problemsOf(check: (problems: ValidationErrors) => void): readonly Problem[] {
  const problems = new ValidationErrors();
  check(problems);
  return problems.all;
}

/** The paths that a check notes. */
export function pathsOf(check: (problems: ValidationErrors) => void): string[] {
  return problemsOf(check).map(({ path }) => path);
}

/** Everything of an error that may reach a terminal, a log or a state file. */
export function everythingOf(error: KubernetesUserError): string {
  return [
    error.message,
    error.stack,
    JSON.stringify(error.problems),
    inspect(error, { depth: 9, showHidden: true }),
  ].join("\n");
}
