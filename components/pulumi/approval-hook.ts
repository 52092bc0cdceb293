import {
  type Output,
  ResourceHook,
  type ResourceHookArgs,
  type ResourceHookBinding,
  all,
  output,
} from "@pulumi/pulumi";
import { type PlainGrant } from "../core/access";
import { type CertificateState } from "../core/certificate-state";
import { parseRequest } from "../core/certification-request";
import { isRecord } from "../core/checks";
import { type Cluster } from "../core/cluster";
import { usages } from "../core/issue";
import { type PolicySubject } from "../core/policy";
import { titleOf } from "../core/title";
import { isWidened, nextStep } from "./certificate-lifecycle";
import { type CertificateSigningRequestInputs } from "./certificate-signing-request-inputs";
import { perProgram } from "./per-program";
import { settled } from "./settled";

/** What an approval hook gets to judge. It holds no secret. */
export interface ApprovalRequest extends PolicySubject {
  /**
   * What is about to happen: `issue` submits a request for a certificate, the first or a later one; `access` adds access
   * to a user who has a certificate or has been judged before.
   */
  readonly phase: "issue" | "access";
  readonly signerName: string;
  readonly usages: readonly string[];
  /** The PKCS#10 request, PEM. */
  readonly request: string;
  /** What the user will be allowed to do. */
  readonly access: readonly ApprovalGrant[];
  /**
   * What was judged before. Undefined where it is not known: at a first issue, and where a new resource takes the place
   * of an old one, of which the engine tells nothing.
   */
  readonly previousAccess?: readonly ApprovalGrant[];
  /** Address of the cluster's API server. */
  readonly server: string;
}

/** A grant as an approval hook sees it. */
export type ApprovalGrant = PlainGrant;

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
  const [wanted, old, { server }] = await settled(all([output(newInputs), output(oldOutputs), cluster]));
  if (!isInputs(wanted)) {
    throw new TypeError("The engine gave the approval hook no request to judge. Nothing was submitted.");
  }
  if (old === undefined) {
    return describeRequest("issue", wanted, undefined, server);
  }
  const state: CertificateState = Object.assign({ csrName: "", cluster: "" }, old);
  if (nextStep(state, wanted, Date.now()).kind === "issue") {
    return describeRequest("issue", wanted, state.access, server);
  }
  return isWidened(state, wanted) ? describeRequest("access", wanted, state.access ?? [], server) : undefined;
}

/** The engine takes an error without a message for none: whatever was thrown, this has one. */
function denial(thrown: unknown): Error {
  const reason = thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : "";
  return new Error(`denied: ${reason.trim() === "" ? "the hook gave no reason" : reason}`);
}

/** They are our own, as the engine got them. */
function isInputs(inputs: unknown): inputs is CertificateSigningRequestInputs {
  return (
    isRecord(inputs) &&
    typeof inputs["request"] === "string" &&
    typeof inputs["signerName"] === "string" &&
    typeof inputs["expirationSeconds"] === "number" &&
    Array.isArray(inputs["access"])
  );
}

function describeRequest(
  phase: ApprovalRequest["phase"],
  { request, signerName, expirationSeconds, access }: CertificateSigningRequestInputs,
  previousAccess: readonly ApprovalGrant[] | undefined,
  server: string,
): ApprovalRequest {
  const { username, groups, key } = parseRequest(request);
  return {
    phase,
    username,
    groups,
    signerName,
    usages,
    expirationSeconds,
    keyAlgorithm: key.algorithm,
    keySize: key.size,
    request,
    access,
    ...(previousAccess === undefined ? {} : { previousAccess }),
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
