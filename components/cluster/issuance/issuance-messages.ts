import { describe } from "../../core/options/validation-errors";
import { KubernetesUserError } from "../../core/errors";
import { type ExpectedCertificate } from "../../core/csr/issuance-request";
import { formatSeconds } from "../../core/time";
import { type ApprovalPlace, approvalCommands, placeText } from "./approval-announcement";
import { decisionText, reasonText } from "./decision-text";
import { type RequestObject } from "./request-object";

/**
 * Nobody has approved the request yet.
 *
 * @param place where it lies; undefined where that is not known, as in a program whose cluster the run alone sees.
 */
export function approvalPending(
  username: string,
  name: string,
  what: string,
  withinSeconds?: number,
  place?: ApprovalPlace,
): KubernetesUserError {
  const within = withinSeconds === undefined ? "" : ` within ${formatSeconds(withinSeconds)}`;
  const [command, caveat] =
    place === undefined
      ? [`"kubernetes-user approve ${name}"`, ""]
      : [
          `"${approvalCommands(name, place).approve}" (${placeText(place)})`,
          `${approvalCommands(name, place).caveat} `,
        ];
  return new KubernetesUserError(
    "approval-pending",
    `The certificate of ${describe(username)} waits for approval: ${what}${within}. ` +
      `Approve it with ${command} and run again, which resumes the same request; --deny denies it. ${caveat}` +
      "Kubernetes removes pending requests after 24 hours.",
  );
}

/** The request is approved, and no signer answers. */
export function notIssued(issuanceRequest: ExpectedCertificate, name: string, seconds: number): KubernetesUserError {
  return new KubernetesUserError(
    "issuance-timeout",
    `Request ${name} of ${describe(issuanceRequest.username)} is approved, but signer ${issuanceRequest.signerName} issued nothing within ${formatSeconds(seconds)}. ` +
      "Some control planes have no such signer: Amazon EKS signs no client certificates, and kube-controller-manager needs " +
      "--cluster-signing-cert-file and --cluster-signing-key-file. If the signer is only slow, run again, which resumes the same request.",
  );
}

/** Who asks again after a denial, and when. */
export type AfterDenial = "next run" | "changed declaration" | "another request";

const afterDenial: Readonly<Record<AfterDenial, string>> = {
  "next run": "Running again submits a new request.",
  "changed declaration":
    "Because approval.timeoutSeconds is 0, no run asks again until the user's declaration changes, for example rotation.",
  "another request": "A denial is final: to ask again, submit another request.",
};

/** Somebody has denied the request. */
export function denied(
  issuanceRequest: ExpectedCertificate,
  request: RequestObject,
  then: AfterDenial,
): KubernetesUserError {
  const condition = request.conditions.find(({ type }) => type === "Denied");
  return new KubernetesUserError(
    "request-denied",
    `Request ${request.name} of ${describe(issuanceRequest.username)} was denied${decisionText(condition)}. It gives no access. ` +
      `Ask whoever denied it; only the cluster's audit log says who that was. ${afterDenial[then]}`,
  );
}

/** The signer has refused the request. */
export function failed(issuanceRequest: ExpectedCertificate, request: RequestObject): KubernetesUserError {
  return new KubernetesUserError(
    "request-failed",
    `Signer ${issuanceRequest.signerName} did not issue request ${request.name} of ${describe(issuanceRequest.username)}${reasonText(request.conditions.find(({ type }) => type === "Failed"))}. ` +
      "No access was given. Fix what it names and run again.",
  );
}

/** The request is gone. */
export function deleted(name: string): KubernetesUserError {
  return new KubernetesUserError(
    "request-mismatch",
    `CertificateSigningRequest ${name} was deleted before its certificate could be read. Run again, which submits a new one.`,
  );
}

/** Every name that was tried is taken by requests that are not ours. */
export function nameTaken(issuanceRequest: ExpectedCertificate, name: string): KubernetesUserError {
  return new KubernetesUserError(
    "request-mismatch",
    `The names for the request of ${describe(issuanceRequest.username)} (${name} and following) are taken by other ` +
      "CertificateSigningRequests, which are neither approved nor used. Find out who made them, delete them, and run again.",
  );
}

/** Another request stands under the same name. */
export function replaced(name: string): KubernetesUserError {
  return new KubernetesUserError(
    "request-mismatch",
    `CertificateSigningRequest ${name} was replaced by one with other content, so it is neither approved nor used. ` +
      "Find out who did it, delete it, and run again.",
  );
}

/** The run ended while the request was waiting. */
export function interrupted(name: string): KubernetesUserError {
  return new KubernetesUserError(
    "aborted",
    `The run ended while request ${name} was waiting. Nothing is lost: the next run resumes it.`,
  );
}
