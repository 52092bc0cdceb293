import {
  type Output,
  ResourceHook,
  type ResourceHookArgs,
  type ResourceHookBinding,
  all,
  output,
} from "@pulumi/pulumi";
import { type Cluster } from "../../core/kubeconfig/cluster";
import { printable } from "../../core/text/printable";
import { titleOf } from "../../core/errors";
import { type ApprovalRequest, judgement } from "./approval-judgement";
import { perProgram, promiseOf } from "../outputs";

/**
 * Code that judges a request before it is submitted, and access before it is widened; throwing or rejecting denies it,
 * with the message in the run's error. The Pulumi engine does not let it know whether it is a first issue or a renewal.
 */
export type ApprovalHook = (request: ApprovalRequest) => Promise<void> | void;

/** Names of a program's hooks: the engine refuses a second one of a name. */
const names = perProgram(() => new Set<string>());

/**
 * The resource options by which the engine calls a hook before the certificate's resource is created or updated; never
 * in a preview.
 */
export function approvalHooks(
  name: string,
  hook: ApprovalHook | undefined,
  cluster: Output<Cluster>,
): { hooks?: ResourceHookBinding } {
  if (hook === undefined) {
    // A hook that is registered for nothing would make users' own tests with mocks hang.
    return {};
  }
  const title = uniqueName(`approval of ${titleOf(name)}`);
  const resourceHook = new ResourceHook(title, async (args) => {
    const request = await requestToJudge(args, cluster);
    if (request === undefined) {
      return;
    }
    try {
      await hook(request);
    } catch (error) {
      throw denial(error);
    }
  });
  return { hooks: { beforeCreate: [resourceHook], beforeUpdate: [resourceHook] } };
}

/** What there is to judge; undefined for an update that neither issues anything nor widens access. */
async function requestToJudge(
  { newInputs, oldOutputs }: ResourceHookArgs,
  cluster: Output<Cluster>,
): Promise<ApprovalRequest | undefined> {
  // Secret values come as Outputs.
  const [wanted, old, { server }] = await promiseOf(all([output(newInputs), output(oldOutputs), cluster]));
  return judgement(wanted, old, server, Date.now());
}

/**
 * The engine takes an error without a message for none: whatever was thrown, this has one. A hook's message may quote
 * what others wrote, so nothing in it commands a terminal or a CI system; its lines are the hook's own.
 */
export function denial(thrown: unknown): Error {
  const reason = thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : "";
  return new Error(printable(`denied: ${reason.trim() === "" ? "the hook gave no reason" : reason}`));
}

function uniqueName(name: string): string {
  const taken = names();
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name} (${count})`;
    if (!taken.has(candidate)) {
      taken.add(candidate);
      return candidate;
    }
  }
}
