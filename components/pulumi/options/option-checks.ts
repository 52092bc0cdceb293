import { type Input, Output, type Unwrap, all, output } from "@pulumi/pulumi";
import { type RequestReader } from "../../core/csr/certification-request";
import { describe, isRecord, notYetKnown } from "../../core/options/validation-errors";
import { invalidArguments, titleOf } from "../../core/errors";
import { adoptOptions } from "../../core/options/adopt-option";
import { grantOptions, ruleOptions } from "../../core/options/grant-options";
import { type TableOf } from "../../core/options/option-table";
import { keyOptions } from "../../core/options/private-key";
import { publishOptions } from "../../core/options/publish-option";
import { approvalOptions, checkUser, userOptions } from "../../core/options/user-options";
import { type WhenValid, whenValidOf } from "../outputs";
import { type AccessGrantArgs, type PolicyRuleArgs } from "../access-args";
import {
  type AdoptArgs,
  type ApprovalArgs,
  type KubernetesUserArgs,
  type PrivateKeyArgs,
  type PublishArgs,
} from "../kubernetes-user-args";

/** A table with exactly the options of an argument object, each of which checks all that the object allows. */
type TableOfArgs<Args, Table> = TableOf<Unwrap<Args>, Table>;

/** The tables by which the arguments are checked: an option that one of the two lacks does not compile. */
export const checkedArguments = {
  user: userOptions satisfies TableOfArgs<KubernetesUserArgs, typeof userOptions>,
  approval: approvalOptions satisfies TableOfArgs<ApprovalArgs, typeof approvalOptions>,
  adopt: adoptOptions satisfies TableOfArgs<AdoptArgs, typeof adoptOptions>,
  privateKey: keyOptions satisfies TableOfArgs<PrivateKeyArgs, typeof keyOptions>,
  publish: publishOptions satisfies TableOfArgs<PublishArgs, typeof publishOptions>,
  grant: grantOptions satisfies TableOfArgs<AccessGrantArgs, typeof grantOptions>,
  rule: ruleOptions satisfies TableOfArgs<PolicyRuleArgs, typeof ruleOptions>,
};

/**
 * Checks what of a user's options is plain, so that an error comes before any resource is registered.
 *
 * @throws KubernetesUserError `invalid-arguments`, `policy-violated`
 */
export function checkPlainOptions(name: string, args: KubernetesUserArgs, read: RequestReader): void {
  const given: unknown = args;
  if (!isRecord(given)) {
    throw invalidArguments(titleOf(name), [
      { path: "args", message: `expected an object with options, got ${describe(given)}.` },
    ]);
  }
  checkUser(titleOf(name), withoutOutputs(optionsOf(name, args)), read);
}

/**
 * Checks all of a user's options as soon as they are known.
 *
 * @param cluster resolves once the administrator's kubeconfig has been read.
 * @param others resolves once nobody else of the program was refused.
 * @returns what lets the inputs through of every resource that needs no other resource of the user.
 */
export function checkAllOptions(
  name: string,
  args: KubernetesUserArgs,
  cluster: Output<unknown>,
  read: RequestReader,
  others: Promise<void>,
): WhenValid {
  const { kubeconfig, approval: { hook, ...terms } = {}, ...options } = optionsOf(name, args);
  // What comes to nothing must not count as not given: a policy would allow everything, and the key be made.
  const policy = terms.policy === undefined ? {} : { policy: orNull(terms.policy) };
  const adopt = options.adopt === undefined ? {} : { adopt: orNull(options.adopt) };
  const known = all([output({ ...options, ...adopt, approval: { ...terms, ...policy } }), cluster]);
  return whenValidOf(
    known,
    ([options]) => {
      checkUser(titleOf(name), options, read);
    },
    others,
  );
}

function orNull<T>(value: Input<T>): Output<unknown> {
  return output(value).apply((known: unknown) => known ?? null);
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
export function withoutOutputs(value: unknown): unknown {
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
