import { type Output, ResourceHook, type ResourceHookBinding, all, output } from "@pulumi/pulumi";
import { type PlainGrant } from "../core/access";
import { parseRequest } from "../core/certification-request";
import { isRecord } from "../core/checks";
import { printable } from "../core/printable";
import { type PolicySubject } from "../core/policy";
import { type Cluster } from "../core/cluster";
import { usages } from "../core/issue";
import { type AccessGrantArgs } from "./kubernetes-user-args";
import { perProgram } from "./per-program";
import { settled } from "./settled";
import { titleOf } from "../core/title";

/** What an approval hook gets to judge. It holds no secret. */
export interface ApprovalRequest extends PolicySubject {
  readonly signerName: string;
  readonly usages: readonly string[];
  /** The PKCS#10 request, PEM. */
  readonly request: string;
  /** What the user will be allowed to do. */
  readonly access: readonly ApprovalGrant[];
  /** Address of the cluster's API server. */
  readonly server: string;
}

/** A grant as an approval hook sees it. */
export type ApprovalGrant = PlainGrant;

/**
 * Code that judges a request before it is submitted; throwing or rejecting denies it, with the message in the run's
 * error. The Pulumi engine does not let it know whether it is a first issue or a renewal.
 */
export type ApprovalHook = (request: ApprovalRequest) => Promise<void> | void;

/** Names of a program's hooks: the engine refuses a second one of a name. */
const names = perProgram(() => new Set<string>());

/** The resource options by which the engine calls a hook before the certificate's resource is created; never in a preview. */
export function approvalHooks(
  name: string,
  hook: ApprovalHook | undefined,
  access: readonly AccessGrantArgs[],
  cluster: Output<Cluster>,
): { hooks?: ResourceHookBinding } {
  if (hook === undefined) {
    // A hook that is registered for nothing would make users' own tests with mocks hang.
    return {};
  }
  const title = uniqueName(`approval of ${titleOf(name)}`);
  const resourceHook = new ResourceHook(title, async ({ newInputs }) => {
    // Secret inputs come as Outputs.
    const [inputs, grants, { server }] = await settled(all([output(newInputs), output(access), cluster]));
    const request = describeRequest(inputs, grants, server);
    try {
      await hook(request);
    } catch (error) {
      throw denial(error);
    }
  });
  return { hooks: { beforeCreate: [resourceHook] } };
}

/** The engine takes an error without a message for none: whatever was thrown, this has one. */
function denial(thrown: unknown): Error {
  const reason = thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : "";
  return new Error(printable(`denied: ${reason.trim() === "" ? "the hook gave no reason" : reason}`));
}

function describeRequest(inputs: unknown, access: readonly ApprovalGrant[], server: string): ApprovalRequest {
  const { request, signerName, expirationSeconds } = isRecord(inputs) ? inputs : {};
  if (typeof request !== "string" || typeof signerName !== "string" || typeof expirationSeconds !== "number") {
    throw new TypeError("The engine gave the approval hook no request to judge. Nothing was submitted.");
  }
  const { username, groups, key } = parseRequest(request);
  return {
    username,
    groups,
    signerName,
    usages,
    expirationSeconds,
    keyAlgorithm: key.algorithm,
    keySize: key.size,
    request,
    access,
    server,
  };
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
