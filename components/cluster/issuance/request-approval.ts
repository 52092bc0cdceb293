import { type ApprovalMode } from "../../core/options/user-options";
import { TimeLimit } from "../connection/time-limit";
import { type RunContext } from "../kubernetes-client";
import { type ApprovalAnnouncement, type ApproverChannel, approvalAnnouncement } from "./approval-announcement";
import { type CertificateRequests } from "./certificate-requests";
import { type Waiting, requireOurs } from "./certificate-wait";
import { approvalPending, interrupted } from "./issuance-messages";
import { type RequestObject, requestStage } from "./request-object";

/** How a request is approved, and how long each step may take. */
export interface ApprovalTerms {
  readonly mode: ApprovalMode;
  /** How long to wait for somebody's approval, in seconds; 0 does not wait. */
  readonly timeoutSeconds: number;
  /** How long the signer may take after the approval, in seconds. */
  readonly issuanceTimeoutSeconds: number;
}

/**
 * Has a request approved, in the way that its terms name. One that is decided on already is returned as it is; so is one
 * that waits for somebody where the terms do not.
 *
 * @throws KubernetesUserError `approval-pending`, `request-denied`, `request-failed`, `request-mismatch`, `aborted`
 */
export function haveApproved(
  waiting: Waiting,
  { mode, timeoutSeconds }: ApprovalTerms,
  approvers: ApproverChannel,
  run: RunContext,
): Promise<RequestObject> {
  if (requestStage(waiting.request) !== "pending") {
    return Promise.resolve(waiting.request);
  }
  switch (mode) {
    case "automatic":
      return approveRequest(waiting, timeoutSeconds, approvers, run);
    case "manual":
      return waitForApproval(waiting, timeoutSeconds, approvers, run);
  }
}

/** Approves a request. */
function approveRequest(
  waiting: Waiting,
  timeoutSeconds: number,
  approvers: ApproverChannel,
  run: RunContext,
): Promise<RequestObject> {
  const approve = (request: RequestObject, signal: AbortSignal): Promise<RequestObject> =>
    approveAsRead(waiting.requests, request, signal);
  return untilDecided(waiting, { act: approve, timeoutSeconds, inTime: "it could not be approved" }, approvers, run);
}

/** Says what is to be approved, and waits until somebody has approved it; not at all when there is no time to wait. */
async function waitForApproval(
  waiting: Waiting,
  timeoutSeconds: number,
  approvers: ApproverChannel,
  run: RunContext,
): Promise<RequestObject> {
  const withdraw = approvers.announce(announcementOf(waiting, timeoutSeconds, approvers, run.now()));
  if (timeoutSeconds === 0) {
    return waiting.request;
  }
  const look = (request: RequestObject): Promise<RequestObject> => Promise.resolve(request);
  try {
    return await untilDecided(waiting, { act: look, timeoutSeconds, inTime: "nobody approved it" }, approvers, run);
  } finally {
    await withdraw();
  }
}

/** How a pending request comes to be decided on. */
interface Approach {
  /** What is done about each pending state; it brings the next one. */
  readonly act: (request: RequestObject, signal: AbortSignal) => Promise<RequestObject>;
  readonly timeoutSeconds: number;
  /** What did not happen in time, for the error. */
  readonly inTime: string;
}

async function untilDecided(
  waiting: Waiting,
  { act, timeoutSeconds, inTime }: Approach,
  { place }: ApproverChannel,
  run: RunContext,
): Promise<RequestObject> {
  const { issuanceRequest, request, requests } = waiting;
  const limit = new TimeLimit(timeoutSeconds);
  try {
    const signal = AbortSignal.any([limit.signal, run.signal]);
    for await (const current of requests.follow(request, signal)) {
      const seen = requireOurs(current, waiting);
      const next = requestStage(seen) === "pending" ? await act(seen, signal) : seen;
      if (requestStage(next) !== "pending") {
        return next;
      }
    }
  } finally {
    limit.lift();
  }
  throw run.signal.aborted
    ? interrupted(request.name)
    : approvalPending(issuanceRequest.username, request.name, inTime, timeoutSeconds, place);
}

function announcementOf(
  { issuanceRequest, request }: Waiting,
  timeoutSeconds: number,
  { place }: ApproverChannel,
  now: number,
): ApprovalAnnouncement {
  // With an end of access, an earlier request may have asked for another lifetime than would be asked for now.
  const shown = { ...issuanceRequest, expirationSeconds: request.spec.expirationSeconds };
  return approvalAnnouncement(shown, request.name, timeoutSeconds, place, now);
}

async function approveAsRead(
  requests: CertificateRequests,
  request: RequestObject,
  signal: AbortSignal,
): Promise<RequestObject> {
  try {
    // A conflict means that the request has changed: the watch brings its new state, which is looked at again.
    return (await requests.approve(request, undefined, signal)) ?? request;
  } catch (error) {
    if (signal.aborted) {
      return request;
    }
    throw error;
  }
}
