import { type IssuanceRequest } from "../csr/issuance-request";
import { type Validity } from "../options/lifetime";
import { formatSeconds, formatTime, secondsBetween } from "../time";
import { lingering, stillValid, summaryOf } from "../x509/certificate-summary";
import { type CertificateState } from "./certificate-state";

/** Differences below this are the time that it took to get here, or a clock's. */
const clockToleranceSeconds = 60;

/** That a signer granted less than was asked for, which Kubernetes does silently; undefined where it did not. */
export function shortenedLifetime(
  { signerName, expirationSeconds }: IssuanceRequest,
  { notBefore, notAfter }: Validity,
): string | undefined {
  const granted = secondsBetween(notBefore, notAfter);
  return granted + clockToleranceSeconds < expirationSeconds
    ? `signer ${signerName} granted ${formatSeconds(granted)} instead of the requested ${formatSeconds(expirationSeconds)}; ` +
        `the certificate ends ${formatTime(notAfter)}, and renewal follows that`
    : undefined;
}

/** A line for people, and whom it is about. */
export interface Report {
  readonly username: string;
  readonly line: string;
}

/**
 * The certificate of a state, if it is still valid, and those that it has replaced and that are.
 *
 * @param fate what has become of the state's own.
 */
export function validCertificates(state: CertificateState, now: number, fate?: string): Report[] {
  const own = state.phase === "issued" ? [summaryOf(state.certificate)] : [];
  return stillValid([...own, ...(state.replaced ?? [])], now).map((summary) => ({
    username: own[0]?.username ?? summary.username,
    line: lingering(summary, summary === own[0] ? fate : undefined),
  }));
}

/**
 * That a request which nobody wants any more stays in the cluster; undefined when there is none. Whoever approves it makes
 * a certificate, and the request holds it for an hour.
 *
 * @param why nobody wants it.
 */
export function leftRequest({ openRequest }: CertificateState, why = "its user is removed"): string | undefined {
  if (openRequest?.phase !== "pending") {
    return undefined;
  }
  const { csrName, command } = openRequest;
  const deny = `${command ?? `kubernetes-user approve ${csrName}`} --deny`;
  return (
    `request ${csrName} stays in the cluster: ${why} while it waits for approval. Deny it with "${deny}", ` +
    "or delete it; Kubernetes removes it 24 hours after it was submitted"
  );
}
