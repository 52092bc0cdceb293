import { type ExpectedCertificate } from "../../core/csr/issuance-request";
import { type ApprovalMode } from "../../core/options/user-options";
import {
  type ApprovalAnnouncement,
  type ApprovalPlace,
  type ApproverChannel,
  approvalAnnouncement,
} from "./approval-announcement";
import { type CertificateRequests } from "./certificate-requests";
import { type RunContext } from "../kubernetes-client";
import {
  type AfterDenial,
  approvalPending,
  deleted,
  denied,
  failed,
  interrupted,
  notIssued,
  replaced,
} from "./issuance-messages";
import { type RequestObject, requestStage, sameSpec } from "./request-object";
import { TimeLimit } from "../connection/time-limit";

/** How a request is approved, and how long each step may take. */
export interface ApprovalTerms {
  readonly mode: ApprovalMode;
  /** How long to wait for somebody's approval, in seconds; 0 does not wait. */
  readonly timeoutSeconds: number;
  /** How long the signer may take after the approval, in seconds. */
  readonly issuanceTimeoutSeconds: number;
}

/** A request on its way to a certificate. */
export interface Waiting {
  readonly requests: CertificateRequests;
  readonly issuanceRequest: ExpectedCertificate;
  readonly approval: ApprovalTerms;
  /** The request as it was submitted or found. */
  readonly request: RequestObject;
  /** How those who may approve it are told; undefined where that is not this process's business. */
  readonly approvers: ApproverChannel | undefined;
}

/**
 * Waits until the request is issued, approving it if that is ours to do; told at once when it is denied or fails. With
 * `timeoutSeconds: 0`, a request that waits for an approval is returned as it is.
 */
export async function waitForCertificate(waiting: Waiting, run: RunContext): Promise<RequestObject> {
  const { approval, approvers, issuanceRequest, request, requests } = waiting;
  let stage = requestStage(request);
  const asks = stage === "pending" && approval.mode === "manual";
  const withdraw = asks ? approvers?.announce(announcementOf(waiting, approvers.place, run.now())) : undefined;
  if (asks && approval.timeoutSeconds === 0) {
    return request;
  }
  const patience = new TimeLimit(stage === "pending" ? approval.timeoutSeconds : approval.issuanceTimeoutSeconds);
  const signal = AbortSignal.any([patience.signal, run.signal]);
  try {
    for await (const current of requests.follow(request.name, signal)) {
      const seen = await look(waiting, current, signal);
      if (requestStage(seen) === "issued") {
        return seen;
      }
      if (stage === "pending" && requestStage(seen) === "approved") {
        stage = "approved";
        patience.renew(approval.issuanceTimeoutSeconds);
        await withdraw?.();
      }
    }
  } finally {
    patience.lift();
    await withdraw?.();
  }
  if (run.signal.aborted) {
    throw interrupted(request.name);
  }
  throw stage === "pending"
    ? approvalPending(
        issuanceRequest.username,
        request.name,
        approval.mode === "automatic" ? "it could not be approved" : "nobody approved it",
        approval.timeoutSeconds,
        approvers?.place,
      )
    : notIssued(issuanceRequest, request.name, approval.issuanceTimeoutSeconds);
}

function announcementOf(
  { issuanceRequest, request, approval }: Waiting,
  place: ApprovalPlace,
  now: number,
): ApprovalAnnouncement {
  // With an end of access, an earlier request may have asked for another lifetime than would be asked for now.
  const shown = { ...issuanceRequest, expirationSeconds: request.spec.expirationSeconds };
  return approvalAnnouncement(shown, request.name, approval.timeoutSeconds, place, now);
}

/** Looks at one state of the request, and approves it if that is ours to do. */
async function look(
  { requests, approval, approvers, issuanceRequest, request }: Waiting,
  current: RequestObject | undefined,
  signal: AbortSignal,
): Promise<RequestObject> {
  if (current === undefined) {
    throw deleted(request.name);
  }
  if (!sameSpec(current.spec, request.spec)) {
    throw replaced(request.name);
  }
  switch (requestStage(current)) {
    case "denied":
      throw denied(issuanceRequest, current, afterDenial(approval, approvers));
    case "failed":
      throw failed(issuanceRequest, current);
    case "pending":
      return approval.mode === "automatic" ? approve(requests, current, signal) : current;
    case "approved":
    case "issued":
      return current;
  }
}

/** Who is told of no approvers has no declaration: a command that looks at one request. */
function afterDenial({ timeoutSeconds }: ApprovalTerms, approvers: ApproverChannel | undefined): AfterDenial {
  if (approvers === undefined) {
    return "another request";
  }
  return timeoutSeconds === 0 ? "changed declaration" : "next run";
}

async function approve(
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
