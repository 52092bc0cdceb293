import { isDeepStrictEqual } from "node:util";
import { type CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { denialWithoutReason } from "../../components/cluster/issuance/decision-text";
import { type RequestObject, sameSpec } from "../../components/cluster/issuance/request-object";
import { type Examination, type Yardstick, examine } from "../requests/examination";

/** What can be done with a pending request. */
export type Verb = "approve" | "deny";

const approvalMessage = "Approved with kubernetes-user approve.";

/** So many times a request may change while its decision is on the way. */
const attempts = 5;

/**
 * Approves or denies a request as it was shown. The server takes a decision on the version that was read only; when
 * another has come since, it is looked at anew, and what is not what was shown is not decided on.
 *
 * @returns the request with its decision, or why there is none.
 */
export async function decide(
  requests: CertificateRequests,
  shown: Examination,
  yardstick: Yardstick,
  verb: Verb,
  reason: string | undefined,
): Promise<RequestObject | string> {
  let current = shown.request;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const decided =
      verb === "approve"
        ? await requests.approve(current, approvalMessage)
        : await requests.deny(current, reason ?? denialWithoutReason);
    if (decided !== undefined) {
      return decided;
    }
    const found = await requests.read(shown.facts.name);
    if (found === undefined) {
      return "it was deleted after it was shown.";
    }
    if (!isWhatWasShown(examine(found, yardstick), shown)) {
      return "it has changed since it was shown. Run the command again to see what it is now.";
    }
    current = found;
  }
  return "it keeps changing. Find out what changes it, and run the command again.";
}

/** Not the facts alone: another key can have the same ones, and a request can be replaced by another that has its name. */
function isWhatWasShown({ request, facts, refusals }: Examination, shown: Examination): boolean {
  return (
    request.uid === shown.request.uid &&
    sameSpec(request.spec, shown.request.spec) &&
    isDeepStrictEqual({ facts, refusals }, { facts: shown.facts, refusals: shown.refusals })
  );
}
