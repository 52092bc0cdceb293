import { type Output, runtime } from "@pulumi/pulumi";

/** Lets a value through once a condition holds. */
export type Gate = <T>(value: Output<T>) => Output<T>;

/**
 * A gate that opens when `check` has passed over what it is given. When it throws, the gate stays closed and nothing
 * behind it is made: the error ends the program, in its own words, which an Output that fails would wrap into the names
 * of all inputs that wait for it.
 *
 * @param others resolves once nothing else keeps the gate closed.
 *
 * Waiting adds no dependencies to a value: a resource whose properties are checked may be replaced without touching
 * what is behind the gate. Previews make nothing, and there an input that is not known yet must not make others
 * unknown: they would show as changes that never come.
 */
export function gateOf<T>(given: Output<T>, check: (known: T) => void, others: Promise<void>): Gate {
  const opened = new Promise<void>((resolve) => {
    given.apply((known) => {
      check(known);
      return others.then(resolve);
    });
  });
  return (value) => (runtime.isDryRun() ? value : value.apply((known) => opened.then(() => known)));
}
