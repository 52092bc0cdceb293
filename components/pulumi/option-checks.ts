import { Output, all, output, runtime } from "@pulumi/pulumi";
import { isRecord, notYetKnown } from "../core/checks";
import { checkUser } from "../core/user-options";
import { type KubernetesUserArgs } from "./kubernetes-user-args";

/** Lets a value through once everything that can be checked has been. */
export type Gate = <T>(value: Output<T>) => Output<T>;

/**
 * Checks what of a user's options is plain, so that an error comes before any resource is registered.
 *
 * @throws KubernetesUserError `invalid-arguments`, `policy-violated`
 */
export function checkPlainOptions(name: string, args: KubernetesUserArgs): void {
  checkUser(title(name), withoutOutputs(optionsOf(name, args)));
}

/**
 * Checks all of a user's options as soon as they are known.
 *
 * @param cluster resolves once the administrator's kubeconfig has been read.
 * @returns a gate for the inputs of every resource that needs no other resource of the user: behind it nothing is made
 * until all options are known to be right. Previews make nothing, and there an option that is not known yet must not
 * make others unknown: they would show as changes that never come.
 */
export function checkAllOptions(name: string, args: KubernetesUserArgs, cluster: Output<unknown>): Gate {
  const { kubeconfig, approval: { hook, ...terms } = {}, ...options } = optionsOf(name, args);
  const checked = new Promise<void>((resolve) => {
    // When a check fails, nobody is told here: the Output's own failure ends the program, in the error's own words.
    all([output({ ...options, approval: terms }), cluster]).apply(([known]) => {
      checkUser(title(name), known);
      resolve();
    });
  });
  // Waiting for a promise adds no dependencies: an option's resource that is replaced must not touch the user's key.
  return (value) => (runtime.isDryRun() ? value : value.apply((known) => checked.then(() => known)));
}

function title(name: string): string {
  return `KubernetesUser ${JSON.stringify(name)}`;
}

/** The options with the default name, unless a request brings a name of its own. */
function optionsOf(name: string, args: KubernetesUserArgs): KubernetesUserArgs {
  return { ...(args.request === undefined ? { username: name } : {}), ...given(args) };
}

/** An option that is undefined counts as not given. */
function given<T extends object>(args: T): T {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;
}

/** The same structure with a mark in place of every value that only the engine knows. */
function withoutOutputs(value: unknown): unknown {
  if (Output.isInstance(value) || value instanceof Promise) {
    return notYetKnown;
  }
  if (Array.isArray(value)) {
    return value.map(withoutOutputs);
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutOutputs(inner)]))
    : value;
}
