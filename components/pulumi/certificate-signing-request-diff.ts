import { type dynamic } from "@pulumi/pulumi";
import { contentDigest } from "../core/issue";
import { renewalReason } from "../core/lifetime";
import { formatTime, parseTime } from "../core/time";
import {
  type CertificateSigningRequestInputs,
  type CertificateSigningRequestState,
} from "./certificate-signing-request-state";
import { known } from "./unknown";

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
  const changed = changedOptions(old, wanted);
  const validity = { notBefore: time(old.notBefore), notAfter: time(old.notAfter) };
  const ends = known(wanted.accessUntil);
  const endsAt = ends === undefined ? undefined : time(ends);
  const ended = endsAt !== undefined && now >= endsAt;
  const due = ended ? undefined : renewalReason(validity, known(wanted.renewBeforeSeconds), now);
  const outlives = endsAt !== undefined && !ended && validity.notAfter > endsAt;
  const replaces = [
    ...(ended ? [] : changed),
    ...(due === undefined ? [] : ["notAfter"]),
    ...(outlives ? ["accessUntil"] : []),
  ];
  const updated = wanted.renewBeforeSeconds !== old.renewBeforeSeconds || wanted.accessUntil !== old.accessUntil;
  return {
    changes: replaces.length > 0 || updated,
    replaces,
    deleteBeforeReplace: false,
    remark: ended
      ? `access ended ${formatTime(endsAt)}: nothing is renewed, and the Roles and bindings are removed`
      : due,
  };
}

/** Options that are part of the certificate and differ from what it was issued for. */
function changedOptions(old: CertificateSigningRequestState, wanted: CertificateSigningRequestInputs): string[] {
  const changed: string[] = [];
  const [request, signerName] = [known(wanted.request), known(wanted.signerName)];
  if (request === undefined) {
    // Keys and requests are known unless they are about to be made anew.
    changed.push("request");
  } else if (signerName !== undefined && contentDigest({ request, signerName }) !== old.content) {
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

function time(text: string): number {
  return parseTime(text) ?? Number.NaN;
}
