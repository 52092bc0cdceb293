import { storedText, storedTime } from "../../components/core/lifecycle/certificate-state";
import { isStrings } from "../../components/core/options/validation-errors";
import { timeOf } from "../../components/core/time";
import { type Fields, type StackCertificate, clusterOf, fields } from "./stack-certificates";
import { type UserState, type UserStatus, nothingIssued, validityState } from "./user-status";

/** The users whose certificates a stack has. */
export function statusOfStack(certificates: readonly StackCertificate[], now: number): UserStatus[] {
  return certificates.flatMap((certificate) => statusesOf(certificate, now));
}

/** A user's certificate, or the request for the first one; those that it has replaced; and the request for the next. */
function statusesOf(certificate: StackCertificate, now: number): UserStatus[] {
  const { outputs } = certificate;
  const own = statusOf(certificate, now);
  const replaced = list(outputs.replaced)
    .map(fields)
    .map((old) => replacedStatus(old, own));
  const openRequest = fields(outputs.openRequest);
  const successor = storedText(openRequest["csrName"]);
  const next =
    own.notAfter === undefined || successor === undefined
      ? []
      : [{ ...own, ...nothingIssued, csrName: successor, state: requestState(openRequest["phase"]) }];
  // What has ended meanwhile is of no use to anybody.
  return [own, ...replaced.filter(({ notAfter }) => notAfter !== undefined && now < timeOf(notAfter)), ...next];
}

function statusOf(certificate: StackCertificate, now: number): UserStatus {
  const { inputs, outputs } = certificate;
  // Inputs without groups say that there are none.
  const groups = "username" in inputs ? (inputs["groups"] ?? []) : undefined;
  const notAfter = storedTime(outputs.notAfter);
  const renewAfter = storedTime(outputs.renewAfter);
  return {
    username: storedText(inputs["username"]),
    groups: isStrings(groups) ? groups : undefined,
    cluster: clusterOf(certificate),
    csrName: storedText(outputs.csrName),
    serialNumber: storedText(outputs.serialNumber),
    credentialId: storedText(outputs.credentialId),
    issuedAt: storedTime(outputs.issuedAt),
    notBefore: storedTime(outputs.notBefore),
    notAfter,
    renewAfter,
    state:
      notAfter === undefined
        ? requestState(fields(outputs.openRequest)["phase"])
        : validityState(notAfter, renewAfter, now),
    source: "stack",
  };
}

/** A certificate that the user does not need any more, and that is valid still: Kubernetes cannot revoke it. */
function replacedStatus(old: Fields, { cluster, source }: UserStatus): UserStatus {
  const groups = old["groups"];
  return {
    username: storedText(old["username"]),
    groups: isStrings(groups) ? groups : undefined,
    cluster,
    csrName: undefined,
    serialNumber: storedText(old["serialNumber"]),
    credentialId: storedText(old["credentialId"]),
    issuedAt: undefined,
    notBefore: undefined,
    notAfter: storedTime(old["notAfter"]),
    renewAfter: undefined,
    state: "replaced",
    source,
  };
}

/** Without a certificate the request was submitted, and no run has taken its certificate yet, or somebody has denied it. */
function requestState(phase: unknown): UserState {
  return phase === "denied" ? "denied" : "pending";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
