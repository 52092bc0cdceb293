import { type dynamic } from "@pulumi/pulumi";
import { parseRequest } from "../core/certification-request";
import { contentDigest } from "../core/issue";
import { type Validity, lifetimeToRequest, minimumLifetimeSeconds, renewalReason } from "../core/lifetime";
import { formatTime, timeOf, secondsBetween } from "../core/time";
import {
  type CertificateSigningRequestInputs,
  type CertificateSigningRequestState,
} from "./certificate-signing-request-state";
import { isUnknown, known } from "./unknown";

/** A comparison of what is in the state with what the program wants, and what there is to tell about it. */
export interface Comparison extends dynamic.DiffResult {
  readonly changes: boolean;
  readonly replaces: string[];
  readonly deleteBeforeReplace: false;
  /** Why the certificate is replaced although nobody changed its options, or why it is not renewed any more. */
  readonly remark: string | undefined;
}

/**
 * Whether the certificate has to be replaced: because something in it is to be different, or because it is due for
 * renewal. Nothing else replaces it. The new one is made before the old one goes.
 */
export function compare(
  old: CertificateSigningRequestState,
  wanted: CertificateSigningRequestInputs,
  now: number,
): Comparison {
  if (old.certificate === "") {
    // Only submitted so far: an update goes on. Another request is another resource, which an approval hook judges.
    return { changes: true, replaces: changedOptions(old, wanted), deleteBeforeReplace: false, remark: undefined };
  }
  const validity = { notBefore: timeOf(old.notBefore), notAfter: timeOf(old.notAfter) };
  const end = endOfAccess(wanted);
  const renewal = renew(validity, known(wanted.renewBeforeSeconds), end, now);
  const ended = end !== undefined && now >= end;
  const replaces = ended ? [] : [...changedOptions(old, wanted), ...renewal.replaces];
  return {
    changes: replaces.length > 0 || noteChanged(old, wanted) || (!ended && canBeVerified(old, wanted)),
    replaces,
    deleteBeforeReplace: false,
    remark: renewal.remark,
  };
}

/** A certificate that ends so shortly before the access needs no other. */
const endToleranceSeconds = 120;

/** What the clock says to a certificate. */
function renew(
  validity: Validity,
  renewBeforeSeconds: number | undefined,
  end: number | undefined,
  now: number,
): { replaces: string[]; remark: string | undefined } {
  if (end !== undefined && now >= end) {
    const remark = `access ended ${formatTime(end)}: nothing is renewed any more, and there are no Roles and bindings`;
    return { replaces: [], remark };
  }
  const due = renewalReason(validity, renewBeforeSeconds, now);
  if (end === undefined) {
    return { replaces: due === undefined ? [] : ["notAfter"], remark: due };
  }
  if (lifetimeToRequest(minimumLifetimeSeconds, end, now) === undefined) {
    const remark = `access ends ${formatTime(end)}: too soon for another certificate`;
    return { replaces: [], remark: due === undefined ? undefined : remark };
  }
  if (validity.notAfter > end) {
    return { replaces: ["accessUntil"], remark: `certificate outlives accessUntil (${formatTime(end)})` };
  }
  const lastsToTheEnd = secondsBetween(validity.notAfter, end) < endToleranceSeconds;
  return due === undefined || lastsToTheEnd
    ? { replaces: [], remark: undefined }
    : { replaces: ["notAfter"], remark: due };
}

function endOfAccess({ accessUntil }: CertificateSigningRequestInputs): number | undefined {
  const text = known(accessUntil);
  return text === undefined ? undefined : timeOf(text);
}

/** Whether an option has changed that is noted in the state and needs no other certificate. */
function noteChanged(old: CertificateSigningRequestState, wanted: CertificateSigningRequestInputs): boolean {
  const { renewBeforeSeconds, accessUntil } = wanted;
  return (
    (!isUnknown(renewBeforeSeconds) && renewBeforeSeconds !== old.renewBeforeSeconds) ||
    (!isUnknown(accessUntil) && accessUntil !== old.accessUntil)
  );
}

/** Whether the certificate is still to be tried out, and can be. */
function canBeVerified({ verified }: CertificateSigningRequestState, wanted: CertificateSigningRequestInputs): boolean {
  return !verified && wanted.verify && !isUnknown(wanted.verify) && wanted.privateKey !== undefined;
}

/** Options that are part of the certificate and differ from what it was issued for. */
function changedOptions(old: CertificateSigningRequestState, wanted: CertificateSigningRequestInputs): string[] {
  const changed: string[] = [];
  const [request, signerName] = [known(wanted.request), known(wanted.signerName)];
  if (request === undefined) {
    // Keys and requests are known unless they are about to be made anew.
    changed.push("request");
  } else if (
    signerName !== undefined &&
    contentDigest({ request: parseRequest(request), signerName }) !== old.content
  ) {
    changed.push("request");
  }
  const cluster = known(wanted.cluster);
  if (cluster !== undefined && cluster !== old.cluster) {
    changed.push("cluster");
  }
  const expirationSeconds = known<unknown>(wanted.expirationSeconds);
  if (expirationSeconds !== undefined && expirationSeconds !== old.expirationSeconds) {
    changed.push("expirationSeconds");
  }
  return changed;
}
