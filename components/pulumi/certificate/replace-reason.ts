import { type CertificateState, isIssued } from "../../core/lifecycle/certificate-state";
import { summaryOf } from "../../core/x509/certificate-summary";
import { sameNames } from "../../core/options/identity";
import { type Step } from "./certificate-lifecycle";
import { type CertificateSigningRequestInputs } from "./certificate-signing-request-inputs";
import { hasUnknown, isUnknown } from "../unknown";

/** Causes that no option tells: the step's remark does. */
const fromTheClock = ["notAfter", "accessUntil"];

/**
 * Why a certificate is replaced, for people; undefined when it is not. What changed is named without its values: they
 * stand beside it in a preview, where those that are secret stay so.
 */
export function replaceReason(
  old: CertificateState,
  wanted: CertificateSigningRequestInputs,
  step: Step,
): string | undefined {
  if (step.kind !== "replace") {
    return undefined;
  }
  const options = step.causes.flatMap((cause) => {
    if (fromTheClock.includes(cause)) {
      return [];
    }
    return cause === "request" ? optionsOfRequest(old, wanted) : [cause];
  });
  const clock = step.remark === undefined ? [] : [step.remark];
  return [...clock, ...options.map((option) => `${option} changed`)].join("; ");
}

/** Which options have made another request, as far as that can be told; else the request itself. */
function optionsOfRequest(old: CertificateState, wanted: CertificateSigningRequestInputs): string[] {
  const options = [
    // A state that has none may be one of a version that did not record it.
    ...(old.rotation !== undefined && !isUnknown(wanted.rotation) && wanted.rotation !== old.rotation
      ? ["rotation"]
      : []),
    ...(isIssued(old) ? namesThatChanged(old.certificate, wanted) : []),
  ];
  return options.length === 0 ? ["request"] : options;
}

function namesThatChanged(certificate: string, { username, groups }: CertificateSigningRequestInputs): string[] {
  const old = summaryOf(certificate);
  return [
    ...(isUnknown(username) || username === old.username ? [] : ["username"]),
    ...(hasUnknown(groups) || sameNames(groups, old.groups) ? [] : ["groups"]),
  ];
}
