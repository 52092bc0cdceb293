import { Output, type Unwrap, output, runtime } from "@pulumi/pulumi";
import { AsyncLocalStorage } from "node:async_hooks";
import { type PartlyKnown } from "../core/lifecycle/declaration";
import { notYetKnown } from "../core/options/validation-errors";

/** Lets a value through once the options that it comes from are valid. */
export type WhenValid = <T>(value: Output<T>) => Output<T>;

/**
 * Lets values through once `check` has passed over what is given. When it throws, nothing that waits for such a value is
 * made: the error ends the program, in its own words, which an Output that fails would wrap into the names of all inputs
 * that wait for it.
 *
 * @param others resolves once everything else is valid that values have to wait for.
 *
 * Waiting adds no dependencies to a value: a resource whose properties are checked may be replaced without touching
 * what waits. Previews make nothing, and there an input that is not known yet must not make others unknown: they would
 * show as changes that never come.
 */
export function whenValidOf<T>(given: Output<T>, check: (known: T) => void, others: Promise<void>): WhenValid {
  const valid = new Promise<void>((resolve) => {
    given.apply((known) => {
      check(known);
      return others.then(resolve);
    });
  });
  return (value) => (runtime.isDryRun() ? value : value.apply((known) => valid.then(() => known)));
}

/** The value of an Output that is known, without the resources that it depends on. One that is not known never comes. */
export function promiseOf<T>(value: Output<T>): Promise<Unwrap<T>> {
  return new Promise((resolve) => {
    output(value).apply(resolve);
  });
}

/**
 * The value of an Output, or undefined when the engine does not know it: in previews, and in a run that goes on after
 * its resource has failed (`--continue-on-error`).
 */
export async function promiseIfKnown<T>(value: Output<T>): Promise<{ readonly value: Unwrap<T> } | undefined> {
  // The SDK's types leave it out, and `apply` is silent about an Output that is not known.
  const isKnown: unknown = await Promise.resolve<unknown>(Reflect.get(value, "isKnown"));
  return isKnown === false ? undefined : { value: await promiseOf(value) };
}

/** Whether a value is an Output that must not be shown. */
export async function isSecretOutput(value: unknown): Promise<boolean> {
  // The SDK's types leave it out.
  return Output.isInstance(value) && (await Promise.resolve<unknown>(Reflect.get(value, "isSecret"))) === true;
}

/** Does work that waits for Outputs, during which the SDK must not take the program for finished. */
export async function keepingAlive<T>(work: () => Promise<T>): Promise<T> {
  const done = runtime.rpcKeepAlive();
  try {
    return await work();
  } finally {
    done();
  }
}

/** The program that something is made for, where it is not the connection to the engine that tells it from others. */
export const currentProgram = new AsyncLocalStorage<{ readonly program: object }>();

/**
 * Something that each Pulumi program has one of. Several programs may run in one process, one after another or at once
 * (inline programs of the Automation API, tests with mocks): each has a connection of its own to its engine. A plugin
 * has one for each component that it makes, and says itself which program that is for.
 */
export function perProgram<T>(make: () => T): () => T {
  const values = new WeakMap<object, T>();
  const outside = {};
  return () => {
    const program = currentProgram.getStore()?.program ?? runtime.getMonitor() ?? outside;
    const value = values.get(program) ?? make();
    values.set(program, value);
    return value;
  };
}

/** What the engine sends to a provider's `check` and `diff` in place of a value that is not known yet. */
export const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether the engine does not know the value, or anything in it, yet. */
export function hasUnknown(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.values(value).some(hasUnknown) : value === unknownMarker;
}

/** The inputs of a resource as the engine passes them to a provider, with our mark for those that are not known as a whole. */
export function withoutMarkers<T extends object>(inputs: T): PartlyKnown<T> {
  const marked = Object.entries(inputs).map(([name, value]: [string, unknown]) => [
    name,
    hasUnknown(value) ? notYetKnown : value,
  ]);
  return Object.fromEntries(marked) as PartlyKnown<T>;
}
