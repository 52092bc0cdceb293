import { type CertificateFacts, checkClock } from "../core/certificate";
import { contentDigest, contentLabel, requestManifest } from "../core/issue";
import { type ApproverChannel } from "./approval-announcement";
import { CertificateRequests } from "./certificate-requests";
import { type Conversation, type Surroundings } from "./conversation";
import { type ApprovalTerms, waitForCertificate } from "./certificate-wait";
import { nameTaken } from "./issuance-messages";
import { type RequestObject, requestStage } from "./request-object";
import { type Wanted, acceptCertificate, sortFound } from "./resumption";
import { TimeLimit } from "./time-limit";

/** What {@link issueCertificate} is asked to do. */
export interface IssuanceOptions extends Wanted {
  readonly approval: ApprovalTerms;
  readonly approvers: ApproverChannel;
}

/** A certificate that has passed every check, with the request that it came by. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly csrName: string;
  readonly facts: CertificateFacts;
}

/** A request that waits for somebody's approval, for which nobody waits here. */
export interface PendingRequest {
  readonly certificate: undefined;
  readonly csrName: string;
}

/**
 * Gets a certificate: finds the request that an earlier run left or submits one, has it approved, waits for the
 * signer, and checks what comes. Whenever it ends early, the request stays and the next call goes on with it.
 */
export async function issueCertificate(
  conversation: Conversation,
  surroundings: Surroundings,
  options: IssuanceOptions,
): Promise<IssuedCertificate | PendingRequest> {
  const requests = new CertificateRequests(conversation);
  const { request, superseded } = await findOrSubmit(requests, surroundings, options);
  const { issue, approval, approvers } = options;
  const issued = await waitForCertificate({ requests, issue, approval, approvers, request }, surroundings);
  if (requestStage(issued) === "pending") {
    return { certificate: undefined, csrName: issued.name };
  }
  const accepted = acceptCertificate(issued, issue);
  checkClock(accepted.facts, issue, issued.name, surroundings.now());
  await tidy(requests, superseded);
  return { ...accepted, csrName: issued.name };
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
async function findOrSubmit(
  requests: CertificateRequests,
  surroundings: Surroundings,
  options: IssuanceOptions,
): Promise<Found> {
  const { issue } = options;
  const digest = contentDigest(issue);
  for (let [attempt, index] = [0, 0]; attempt < submitAttempts; attempt += 1, index += 1) {
    const found = await requests.list(contentLabel, digest);
    const { resumed, superseded } = sortFound(found, surroundings.now(), options);
    if (resumed !== undefined) {
      surroundings.report(`going on with request ${resumed.name} (${requestStage(resumed)})`);
      return { request: resumed, superseded };
    }
    const names = new Set(found.map(({ name }) => name));
    while (names.has(requestManifest(issue, index).metadata.name)) {
      index += 1;
    }
    // A name that is taken although no such request was listed: another run was faster, or somebody else has it.
    const submitted = await requests.submit(requestManifest(issue, index));
    if (submitted !== undefined) {
      return { request: submitted, superseded };
    }
  }
  throw nameTaken(issue, requestManifest(issue, 0).metadata.name);
}
