import { sameNames } from "../options/identity";
import { notYetKnown } from "../options/validation-errors";
import { summaryOf } from "../x509/certificate-summary";
import { type CertificateState } from "./certificate-state";
import { type CertificateDeclaration, type PartlyKnown } from "./declaration";
import { type Step } from "./next-step";

/** Causes that no option tells: the step's remark does. */
const fromTheClock = ["notAfter", "accessUntil"];

/**
 * Why a certificate is replaced, for people; undefined when it is not. What changed is named without its values: they
 * stand beside it in a preview, where those that are secret stay so.
 */
export function replaceReason(
  old: CertificateState,
  wanted: PartlyKnown<CertificateDeclaration>,
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
function optionsOfRequest(old: CertificateState, wanted: PartlyKnown<CertificateDeclaration>): string[] {
  const options = [
    // A state that has none may be one of a version that did not record it.
    ...(old.rotation !== undefined && wanted.rotation !== notYetKnown && wanted.rotation !== old.rotation
      ? ["rotation"]
      : []),
    ...(old.phase === "issued" ? namesThatChanged(old.certificate, wanted) : []),
  ];
  return options.length === 0 ? ["request"] : options;
}

function namesThatChanged(certificate: string, { username, groups }: PartlyKnown<CertificateDeclaration>): string[] {
  const old = summaryOf(certificate);
  return [
    ...(username === notYetKnown || username === old.username ? [] : ["username"]),
    ...(groups === notYetKnown || sameNames(groups, old.groups) ? [] : ["groups"]),
  ];
}
