import { type ValidationErrors, describe } from "./validation-errors";

/** Notes what keeps `value` from being a list of names that may end in `*`. */
export function checkPatterns(errors: ValidationErrors, path: string, value: unknown): void {
  for (const [index, pattern] of (errors.strings(path, value) ?? []).entries()) {
    if (pattern.slice(0, -1).includes("*")) {
      errors.add(
        `${path}[${index}]`,
        `expected a name, or a prefix with one "*" at its end, got ${describe(pattern)}.`,
      );
    }
  }
}

/** Whether a name is one of `patterns`, or begins with one that ends in `*`. */
export function matches(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

/** What is allowed, for an error. */
export function listAllowed(patterns: readonly string[]): string {
  return patterns.length === 0 ? "none" : `one of ${patterns.join(", ")}`;
}
