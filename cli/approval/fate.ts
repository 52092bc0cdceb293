import { type RequestObject, requestStage } from "../../components/cluster/issuance/request-object";
import { checkedCertificate, ownFailure } from "../requests/certificate-outcome";
import { conditionsText } from "../requests/conditions-text";
import { type Examination } from "../requests/examination";
import { type OutcomeKind } from "../requests/outcome";
import { type Verb } from "./decision";

/** A request that was shown, and how far the decision on it has come. */
export interface Undertaking {
  readonly shown: Examination;
  /** What there is to warn of; undefined when the cluster could not be asked. */
  readonly warnings: readonly string[] | undefined;
  /** What was to be done with it, from the moment on that the cluster was told. */
  readonly verb: Verb | undefined;
  /** The request with its approval, once the cluster has confirmed it. */
  readonly approved: RequestObject | undefined;
}

/** What became of a request. */
export interface Fate {
  readonly outcome: OutcomeKind;
  readonly details: readonly string[];
  readonly notAfter?: string;
}

/**
 * What became of a request whose treatment has ended too early: what is known of it, and no more.
 *
 * @param found the request as it is now; undefined when it is gone or could not be looked at.
 */
export function fateOf({ shown, verb, approved }: Undertaking, found: RequestObject | undefined, now: number): Fate {
  if (verb === undefined) {
    return { outcome: "skipped", details: ["nothing was decided on it."] };
  }
  if (found?.uid !== shown.request.uid) {
    return approved === undefined ? unknown(shown.facts.name, verb) : notWaitedFor;
  }
  switch (requestStage(found)) {
    case "pending":
      return { outcome: "skipped", details: ["it was still pending when this ended."] };
    case "denied":
      return { outcome: "denied", details: verb === "deny" ? [] : ["somebody else denied it meanwhile."] };
    case "failed":
      return { outcome: "failed", details: ["its signer refused it.", ...conditionsText(found)] };
    case "approved":
      return verb === "deny" ? approvedMeanwhile : notWaitedFor;
    case "issued":
      return verb === "deny" ? approvedMeanwhile : issued(shown, found, now);
  }
}

const notWaitedFor: Fate = {
  outcome: "approved",
  details: ["nobody waited for its certificate, which may still come."],
};

const approvedMeanwhile: Fate = { outcome: "refused", details: ["somebody else approved it meanwhile."] };

function unknown(name: string, verb: Verb): Fate {
  const done = verb === "approve" ? "approved" : "denied";
  return {
    outcome: "unknown",
    details: [
      `the cluster was asked to ${verb} it and did not answer: it may be ${done}. Check with: kubectl get csr ${name}`,
    ],
  };
}

function issued({ issuanceRequest }: Examination, request: RequestObject, now: number): Fate {
  if (issuanceRequest === undefined) {
    return notWaitedFor;
  }
  try {
    const { notAfter } = checkedCertificate(request, issuanceRequest, now);
    return { outcome: "issued", details: [`valid until ${notAfter}.`], notAfter };
  } catch (error) {
    return { outcome: "failed", details: [ownFailure(error).message] };
  }
}
