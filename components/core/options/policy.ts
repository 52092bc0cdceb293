import { type Grant } from "../rbac/grants";
import { type AccessPolicy, accessPolicyOptions, accessViolations } from "./access-policy";
import { minimumLifetimeSeconds } from "./lifetime";
import { type TableOf, checkOptions, checkedBy, choice, integer, list, object, textsShape } from "./option-table";
import { ValidationErrors, describe } from "./validation-errors";
import { KubernetesUserError, throwErrors } from "../errors";
import { checkPatterns, listAllowed, matches } from "./name-patterns";
import { type KeyAlgorithm, keyAlgorithms } from "./private-key";

/** Rules that every request, and what its user is granted, has to keep before it is submitted. Each is optional; what is not named is not judged. */
export interface Policy {
  /** Longest lifetime that may be requested, in seconds. */
  readonly maxExpirationSeconds?: number | undefined;
  /** Groups that may be requested: exact names, or a prefix followed by `*`. An empty list allows none. */
  readonly allowedGroups?: readonly string[] | undefined;
  /** Usernames that may be requested: exact names, or a prefix followed by `*`. */
  readonly allowedUsernames?: readonly string[] | undefined;
  /** Key algorithms that may be used. */
  readonly allowedKeyAlgorithms?: readonly KeyAlgorithm[] | undefined;
  /** Smallest RSA key that may be used, in bits. */
  readonly minRsaBits?: number | undefined;
  /** What the user may be granted. */
  readonly access?: AccessPolicy | undefined;
}

/** What a policy judges. */
export interface PolicySubject {
  /** The username asked for: the request's CN. */
  readonly username: string;
  /** The groups asked for: its O values. */
  readonly groups: readonly string[];
  /** Lifetime asked for, in seconds; undefined for a request that leaves it to the signer, which breaks every limit. */
  readonly expirationSeconds: number | undefined;
  /** Algorithm of the key: `ECDSA`, `RSA` or `ED25519`. */
  readonly keyAlgorithm: string;
  /** Size of the key, in bits. */
  readonly keySize: number;
  /** What the user is granted; undefined where that is not known, as for a request by itself. Then it is not judged. */
  readonly access?: readonly Grant[] | undefined;
}

/** The options of a {@link Policy}. */
export const policyOptions = {
  maxExpirationSeconds: integer(
    minimumLifetimeSeconds,
    "Kubernetes refuses certificates that are valid for less than 10 minutes.",
  ),
  allowedGroups: checkedBy<readonly string[]>(textsShape, checkPatterns),
  allowedUsernames: checkedBy<readonly string[]>(textsShape, checkPatterns),
  allowedKeyAlgorithms: list(choice(keyAlgorithms)),
  minRsaBits: integer(1, "It is a size in bits."),
  access: object<AccessPolicy>(accessPolicyOptions),
} satisfies TableOf<Policy>;

/**
 * Everything in which a request breaks a policy, one sentence each; empty when it keeps it.
 *
 * It is the judgement of `approval.policy`, for use in an approval hook or a unit test.
 *
 * @throws KubernetesUserError `invalid-arguments` for a policy with a rule that is unknown or wrong, as one from a file may
 * have: a misspelled rule would allow everything.
 */
export function policyViolations(subject: PolicySubject, policy: Policy): string[] {
  checkPolicy(policy);
  const violations: string[] = [];
  const { maxExpirationSeconds, allowedGroups, allowedUsernames, allowedKeyAlgorithms, minRsaBits } = policy;
  const { expirationSeconds } = subject;
  // Written, like the rule of the RSA key's size, so that a value that is no number breaks the rule.
  if (
    maxExpirationSeconds !== undefined &&
    !(expirationSeconds !== undefined && expirationSeconds <= maxExpirationSeconds)
  ) {
    const isLeft = expirationSeconds === undefined || expirationSeconds === Infinity;
    const got = isLeft ? "none, which leaves it to the signer" : expirationSeconds;
    violations.push(`expirationSeconds: expected at most ${maxExpirationSeconds}, got ${got}.`);
  }
  if (allowedUsernames !== undefined && !matches(subject.username, allowedUsernames)) {
    violations.push(`username: expected ${listAllowed(allowedUsernames)}, got ${describe(subject.username)}.`);
  }
  for (const group of subject.groups) {
    if (allowedGroups !== undefined && !matches(group, allowedGroups)) {
      violations.push(`groups: expected ${listAllowed(allowedGroups)}, got ${describe(group)}.`);
    }
  }
  if (allowedKeyAlgorithms !== undefined && !allowedKeyAlgorithms.some((allowed) => allowed === subject.keyAlgorithm)) {
    violations.push(`key algorithm: expected ${listAllowed(allowedKeyAlgorithms)}, got ${subject.keyAlgorithm}.`);
  }
  if (minRsaBits !== undefined && subject.keyAlgorithm === "RSA" && !(subject.keySize >= minRsaBits)) {
    violations.push(`RSA key: expected at least ${minRsaBits} bits, got ${subject.keySize}.`);
  }
  if (policy.access !== undefined && subject.access !== undefined) {
    violations.push(...accessViolations(subject.access, policy.access));
  }
  return violations;
}

function checkPolicy(policy: unknown): void {
  const errors = new ValidationErrors();
  // Absent, it would be an option that is left out.
  checkOptions(errors, "policy", policy ?? null, policyOptions);
  throwErrors("policy", errors.all);
}

/**
 * Throws `policy-violated` with every violation; does nothing when there is none.
 *
 * @throws KubernetesUserError also `invalid-arguments`, as {@link policyViolations} does.
 */
export function enforcePolicy(subject: PolicySubject, policy: Policy): void {
  const violations = policyViolations(subject, policy);
  if (violations.length > 0) {
    throw new KubernetesUserError(
      "policy-violated",
      `The request of ${describe(subject.username)} breaks the approval policy: ${violations.join(" ")} ` +
        "Nothing was submitted. Change the user, or have the policy's owner change it.",
    );
  }
}
