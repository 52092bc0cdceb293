import { type ValidationErrors, describe } from "./validation-errors";
import { isPublished } from "../rbac/publication";
import { formatSeconds, formatTime, parseTime, secondsBetween } from "../time";

/** Kubernetes refuses shorter certificates. */
export const minimumLifetimeSeconds = 600;

/** A day: what the Kubernetes page's walkthrough asks for. */
export const defaultLifetimeSeconds = 86400;

/** Two weeks: the valid certificate is the key to the next one, and nobody should be locked out by a holiday. */
export const publishedLifetimeSeconds = 14 * 86400;

/** The lifetime that is asked for when none is given: published certificates live longer. */
export function defaultLifetimeFor(publish: unknown): number {
  return isPublished(publish) ? publishedLifetimeSeconds : defaultLifetimeSeconds;
}

/** The largest value of `spec.expirationSeconds`, an int32. */
const maximumLifetimeSeconds = 2 ** 31 - 1;

/** kube-controller-manager sets notBefore so far back, so that clocks may differ a little. */
const backdatingSeconds = 300;

/** Without `renewBeforeSeconds`, a certificate is renewed when this part of its granted lifetime is left. */
const defaultRenewalShare = 1 / 3;

/** Notes what is wrong with the options that say how long a certificate lives. */
export function checkLifetime(
  errors: ValidationErrors,
  options: {
    readonly expirationSeconds?: unknown;
    readonly renewBeforeSeconds?: unknown;
    readonly accessUntil?: unknown;
    readonly publish?: unknown;
  },
): void {
  const expiration = errors.integer(
    "expirationSeconds",
    options.expirationSeconds,
    minimumLifetimeSeconds,
    `Kubernetes refuses certificates that live less than ${formatSeconds(minimumLifetimeSeconds)}.`,
  );
  if (expiration !== undefined && expiration > maximumLifetimeSeconds) {
    errors.add(
      "expirationSeconds",
      `expected at most ${maximumLifetimeSeconds} (68 years), got ${expiration}. Kubernetes holds it in 32 bits.`,
    );
  }
  const renewBefore = errors.integer(
    "renewBeforeSeconds",
    options.renewBeforeSeconds,
    1,
    "It is a time before the certificate's end.",
  );
  const lifetime =
    expiration ?? (options.expirationSeconds === undefined ? defaultLifetimeFor(options.publish) : undefined);
  if (renewBefore !== undefined && lifetime !== undefined && renewBefore >= lifetime) {
    errors.add(
      "renewBeforeSeconds",
      `expected less than expirationSeconds (${lifetime}), got ${renewBefore}. The certificate would be due for renewal as soon as it is issued.`,
    );
  }
  const accessUntil = errors.string("accessUntil", options.accessUntil);
  if (accessUntil !== undefined && parseTime(accessUntil) === undefined) {
    errors.add(
      "accessUntil",
      `expected an RFC 3339 time such as "2027-01-31T00:00:00Z", got ${describe(accessUntil)}.`,
    );
  }
}

/** A signer counts the lifetime from when it signs, which is this much later than it was asked for at most. */
const signingSeconds = 10;

/**
 * The lifetime to ask for so that no certificate outlives `accessUntil`; undefined when what is left is shorter than
 * Kubernetes issues.
 *
 * @param approvalTakesTime somebody has to approve, and the lifetime begins only then: half of the time that is left is
 * asked for, so that there is as much time to approve.
 */
export function lifetimeToRequest(
  expirationSeconds: number,
  accessUntil: number | undefined,
  now: number,
  approvalTakesTime = false,
): number | undefined {
  if (accessUntil === undefined) {
    return expirationSeconds;
  }
  const left = secondsBetween(now, accessUntil) - signingSeconds;
  if (left < minimumLifetimeSeconds) {
    return undefined;
  }
  const longest = approvalTakesTime ? Math.max(Math.floor(left / 2), minimumLifetimeSeconds) : left;
  return Math.min(expirationSeconds, longest);
}

/** When a certificate was valid from and until, in milliseconds since 1970. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * The moment from which a certificate is due for renewal, in milliseconds since 1970.
 *
 * It follows the lifetime that the signer granted, which may be shorter than what was asked for: a
 * `renewBeforeSeconds` that does not fit into it would renew on every run, and the default takes its place.
 */
export function renewalTime({ notBefore, notAfter }: Validity, renewBeforeSeconds: number | undefined): number {
  const lifetime = secondsBetween(notBefore, notAfter);
  const fits = renewBeforeSeconds !== undefined && renewBeforeSeconds < lifetime - backdatingSeconds;
  return notAfter - Math.floor(fits ? renewBeforeSeconds : lifetime * defaultRenewalShare) * 1000;
}

/** Why a certificate has to be renewed now, for people; undefined when it has not. */
export function renewalReason(
  validity: Validity,
  renewBeforeSeconds: number | undefined,
  now: number,
): string | undefined {
  if (now >= validity.notAfter) {
    return `certificate expired ${formatTime(validity.notAfter)}`;
  }
  const due = renewalTime(validity, renewBeforeSeconds);
  return now >= due
    ? `certificate expires ${formatTime(validity.notAfter)}, renewal due since ${formatTime(due)}`
    : undefined;
}
