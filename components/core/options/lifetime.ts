import { type GivenOption, type OptionSpec, checkedBy, option, textShape } from "./option-table";
import { type ValidationErrors, describe } from "./validation-errors";
import { isPublished } from "./publish-option";
import { formatSeconds, formatTime, parseTime, secondsBetween } from "../time";

/** Kubernetes refuses shorter certificates. */
export const minimumLifetimeSeconds = 600;

/** A day: what the Kubernetes page's walkthrough asks for. */
export const defaultLifetimeSeconds = 86400;

/** Two weeks: the valid certificate is the key to the next one, and nobody should be locked out by a holiday. */
export const publishedLifetimeSeconds = 14 * 86400;

/** The lifetime to ask for: the one that is given, else a default, which is longer where the certificate is published. */
export function lifetimeOf<Lifetime = never>({
  expirationSeconds,
  publish,
}: {
  readonly expirationSeconds?: Lifetime | undefined;
  readonly publish?: unknown;
}): Lifetime | number {
  if (expirationSeconds !== undefined) {
    return expirationSeconds;
  }
  return isPublished(publish) ? publishedLifetimeSeconds : defaultLifetimeSeconds;
}

/** The largest value of `spec.expirationSeconds`, an int32. */
export const maximumLifetimeSeconds = 2 ** 31 - 1;

/** kube-controller-manager sets notBefore so far back, so that clocks may differ a little. */
export const backdatingSeconds = 300;

/** Without `renewBeforeSeconds`, a certificate is renewed when this part of its granted lifetime is left. */
const defaultRenewalShare = 1 / 3;

/** Notes what is wrong with `expirationSeconds`. */
function checkExpiration(errors: ValidationErrors, path: string, value: unknown): void {
  const expiration = errors.integer(
    path,
    value,
    minimumLifetimeSeconds,
    `Kubernetes refuses certificates that are valid for less than ${formatSeconds(minimumLifetimeSeconds)}.`,
  );
  if (expiration !== undefined && expiration > maximumLifetimeSeconds) {
    errors.add(
      path,
      `expected at most ${maximumLifetimeSeconds} (68 years), got ${expiration}. Kubernetes holds it in 32 bits.`,
    );
  }
}

/** Notes what is wrong with `renewBeforeSeconds`, also beside the lifetime. */
function checkRenewBefore(errors: ValidationErrors, { path, value, beside }: GivenOption): void {
  const renewBefore = errors.integer(path, value, 1, "It is the time before the certificate expires.");
  const lifetime = lifetimeOf(beside);
  if (
    renewBefore !== undefined &&
    typeof lifetime === "number" &&
    Number.isSafeInteger(lifetime) &&
    lifetime >= minimumLifetimeSeconds &&
    renewBefore >= lifetime
  ) {
    errors.add(
      path,
      `expected less than expirationSeconds (${lifetime}), got ${renewBefore}. The certificate would be due for renewal as soon as it is issued.`,
    );
  }
}

/** Notes what keeps `value` from being an RFC 3339 time. */
function checkTime(errors: ValidationErrors, path: string, value: unknown): void {
  const text = errors.string(path, value);
  if (text !== undefined && parseTime(text) === undefined) {
    errors.add(path, `expected an RFC 3339 time such as "2027-01-31T00:00:00Z", got ${describe(text)}.`);
  }
}

/** The options that say how long a certificate lives. */
export const lifetimeOptions = {
  expirationSeconds: checkedBy<number>({ kind: "integer" }, checkExpiration),
  renewBeforeSeconds: option<number>({ kind: "integer" }, checkRenewBefore),
  accessUntil: { ...checkedBy<string>(textShape, checkTime), isWrittenDown: true },
} satisfies Readonly<Record<string, OptionSpec<never>>>;

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

/** A year, as most signers count it at most, and a day. */
const longestUsualSeconds = 366 * 86400;

/**
 * That a very long lifetime is requested, such as one in milliseconds; undefined for a usual one.
 *
 * @param accessUntil which shortens it, in milliseconds since 1970.
 */
export function longLifetime(
  expirationSeconds: number,
  accessUntil: number | undefined,
  now: number,
): string | undefined {
  const requested = lifetimeToRequest(expirationSeconds, accessUntil, now);
  return requested !== undefined && requested > longestUsualSeconds
    ? `expirationSeconds: this requests a certificate for ${Math.floor(requested / 86400)} days (${requested} seconds). ` +
        "Kubernetes cannot revoke a certificate, and most signers grant at most a year. Give the value in seconds. " +
        "approval.policy.maxExpirationSeconds refuses longer lifetimes than it allows."
    : undefined;
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

/** A published certificate is renewed when one of so many parts of its lifetime has passed: after a day of two weeks. */
const publishedParts = 14;

/** Default of `renewBeforeSeconds` for a published certificate. */
export function publishedRenewBeforeSeconds(expirationSeconds: number): number {
  return Math.floor(expirationSeconds * ((publishedParts - 1) / publishedParts));
}

/** When a published certificate is due for renewal unless somebody says otherwise, in milliseconds since 1970. */
export function publishedRenewalTime({ notBefore, notAfter }: Validity): number {
  return notBefore + (notAfter - notBefore) / publishedParts;
}

/** Why a certificate has to be renewed now, as what people read after its name; undefined when it has not. */
export function renewalReason(
  validity: Validity,
  renewBeforeSeconds: number | undefined,
  now: number,
): string | undefined {
  if (now >= validity.notAfter) {
    return `expired ${formatTime(validity.notAfter)}`;
  }
  const due = renewalTime(validity, renewBeforeSeconds);
  return now >= due ? `expires ${formatTime(validity.notAfter)}, renewal due since ${formatTime(due)}` : undefined;
}
