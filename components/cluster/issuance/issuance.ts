import { checkClock } from "../../core/x509/certificate";
import { KubernetesUserError } from "../../core/errors";
import { contentDigest, contentLabel, requestManifest } from "../../core/csr/issuance-request";
import { type ApproverChannel } from "./approval-announcement";
import { CertificateRequests } from "./certificate-requests";
import { type KubernetesClient, type RunContext } from "../kubernetes-client";
import { waitForCertificate } from "./certificate-wait";
import { type ApprovalTerms, haveApproved } from "./request-approval";
import { type Issuance, type OpenIssuance } from "../../core/lifecycle/issuance";
import { nameTaken } from "./issuance-messages";
import { type RequestObject, requestStage } from "./request-object";
import { type Wanted, acceptCertificate, sortFound } from "./resumption";
import { TimeLimit } from "../connection/time-limit";

/** What {@link issueCertificate} is asked to do. */
export interface IssuanceOptions extends Wanted {
  readonly approval: ApprovalTerms;
  readonly approvers: ApproverChannel;
}

/**
 * Gets a certificate: finds the request that an earlier run left or submits one, has it approved, waits for the
 * signer, and checks what comes. Whenever it ends early, the request stays and the next call goes on with it.
 *
 * With `timeoutSeconds: 0`, a request that is pending, denied or refused by its signer is no error: one person's
 * request must not end the run for the others.
 */
export async function issueCertificate(
  client: KubernetesClient,
  run: RunContext,
  options: IssuanceOptions,
): Promise<Issuance> {
  const requests = new CertificateRequests(client);
  const { request, superseded } = await findOrSubmit(requests, run, options);
  const { issuanceRequest, approval, approvers } = options;
  const afterDenial = approval.timeoutSeconds === 0 ? "changed declaration" : "next run";
  const waiting = { requests, issuanceRequest, request, afterDenial } as const;
  let issued: RequestObject;
  try {
    const decided = await haveApproved(waiting, approval, approvers, run);
    if (requestStage(decided) === "pending") {
      return { phase: "pending", csrName: decided.name };
    }
    issued = await waitForCertificate(waiting, approval.issuanceTimeoutSeconds, run, decided);
  } catch (error) {
    const open = approval.timeoutSeconds === 0 ? openIssuance(error, request.name) : undefined;
    if (open === undefined) {
      throw error;
    }
    return open;
  }
  const accepted = acceptCertificate(issued, issuanceRequest);
  checkClock(accepted.facts, issuanceRequest, issued.name, run.now());
  await tidy(requests, superseded);
  const { name: csrName, issuedAt } = issued;
  return { phase: "issued", ...accepted, csrName, ...(issuedAt === undefined ? {} : { issuedAt }) };
}

/** What an error says of a request alone, and not of the cluster. */
function openIssuance(error: unknown, csrName: string): OpenIssuance | undefined {
  if (!(error instanceof KubernetesUserError)) {
    return undefined;
  }
  switch (error.code) {
    case "request-denied":
      return { phase: "denied", csrName, reason: error.message };
    case "request-failed":
    case "issuance-timeout":
      return { phase: "pending", csrName, reason: error.message };
    default:
      return undefined;
  }
}

/** How long a run may be held up by tidying. */
const tidyingSeconds = 10;

/**
 * Deletes requests whose certificates this one replaces. Kubernetes does the same after an hour: whoever may not delete
 * them, or cannot, leaves it at that.
 */
async function tidy(requests: CertificateRequests, superseded: readonly RequestObject[]): Promise<void> {
  const limit = new TimeLimit(tidyingSeconds);
  await Promise.allSettled(superseded.map((request) => requests.delete(request, limit.signal)));
  limit.lift();
}

/** So many times a name may turn out to be taken by somebody else's request before it is told. */
const submitAttempts = 10;

/** The request to go on with, and the issued ones of the same content that it will replace. */
interface Found {
  readonly request: RequestObject;
  readonly superseded: readonly RequestObject[];
}

/** A request with our content and spec: one that is on its way or issued and usable, else a new one. */
async function findOrSubmit(requests: CertificateRequests, run: RunContext, options: IssuanceOptions): Promise<Found> {
  const { issuanceRequest } = options;
  const digest = contentDigest(issuanceRequest);
  for (let [attempt, index] = [0, 0]; attempt < submitAttempts; attempt += 1, index += 1) {
    const found = await requests.list(contentLabel, digest);
    const { resumed, superseded } = sortFound(found, run.now(), options);
    if (resumed !== undefined) {
      run.report(`resuming request ${resumed.name} (${requestStage(resumed)})`);
      return { request: resumed, superseded };
    }
    const names = new Set(found.map(({ name }) => name));
    while (names.has(requestManifest(issuanceRequest, index).metadata.name)) {
      index += 1;
    }
    // A name that is taken although no such request was listed: another run was faster, or somebody else has it.
    const submitted = await requests.submit(requestManifest(issuanceRequest, index));
    if (submitted !== undefined) {
      return { request: submitted, superseded };
    }
  }
  throw nameTaken(issuanceRequest, requestManifest(issuanceRequest, 0).metadata.name);
}
