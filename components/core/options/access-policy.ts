import { type Grant, scopesOf } from "../rbac/grants";
import { type TableOf, checkedBy, flag, textsShape } from "./option-table";
import { describe } from "./validation-errors";
import { checkPatterns, listAllowed, matches } from "./name-patterns";

/**
 * Bounds of what a user may be granted. Each is optional. A list closes its side: with `namespaces`, the whole cluster
 * takes `clusterWide: true`; with `roles` or `clusterRoles`, the kinds of grants that are not named are refused.
 */
export interface AccessPolicy {
  /**
   * Whether a grant may be for the whole cluster.
   *
   * @default true, or false when `namespaces` is given
   */
  readonly clusterWide?: boolean | undefined;

  /** Namespaces that may be named: exact names, or a prefix followed by `*`. An empty list allows none. */
  readonly namespaces?: readonly string[] | undefined;

  /** Existing Roles that may be granted: exact names, or a prefix followed by `*`. */
  readonly roles?: readonly string[] | undefined;

  /** Existing ClusterRoles that may be granted: exact names, or a prefix followed by `*`. */
  readonly clusterRoles?: readonly string[] | undefined;

  /**
   * Whether a grant may be written as rules.
   *
   * @default true, or false when `roles` or `clusterRoles` is given
   */
  readonly rules?: boolean | undefined;
}

/** The options of an {@link AccessPolicy}. */
export const accessPolicyOptions = {
  clusterWide: flag(),
  rules: flag(),
  namespaces: checkedBy<readonly string[]>(textsShape, checkPatterns),
  roles: checkedBy<readonly string[]>(textsShape, checkPatterns),
  clusterRoles: checkedBy<readonly string[]>(textsShape, checkPatterns),
} satisfies TableOf<AccessPolicy>;

/** Everything in which grants go beyond a policy, one sentence each; empty when they keep it. */
export function accessViolations(access: readonly Grant[], policy: AccessPolicy): string[] {
  return access.flatMap((grant, index) =>
    [...scopeViolations(grant, policy), ...roleViolations(grant, policy)].map(
      (violation) => `access[${index}]: ${violation}`,
    ),
  );
}

function scopeViolations(grant: Grant, { namespaces, clusterWide = namespaces === undefined }: AccessPolicy): string[] {
  return scopesOf(grant).flatMap((namespace) => {
    if (namespace === undefined) {
      return clusterWide ? [] : ["the whole cluster is not allowed."];
    }
    return namespaces === undefined || matches(namespace, namespaces)
      ? []
      : [`namespace: expected ${listAllowed(namespaces)}, got ${describe(namespace)}.`];
  });
}

function roleViolations(grant: Grant, { roles, clusterRoles, rules }: AccessPolicy): string[] {
  const open = roles === undefined && clusterRoles === undefined;
  const violations: string[] = [];
  if (grant.rules !== undefined && !(rules ?? open)) {
    violations.push("rules are not allowed, only existing roles.");
  }
  if (grant.role !== undefined && !open && !matches(grant.role, roles ?? [])) {
    violations.push(`Role: expected ${listAllowed(roles ?? [])}, got ${describe(grant.role)}.`);
  }
  if (grant.clusterRole !== undefined && !open && !matches(grant.clusterRole, clusterRoles ?? [])) {
    violations.push(`ClusterRole: expected ${listAllowed(clusterRoles ?? [])}, got ${describe(grant.clusterRole)}.`);
  }
  return violations;
}
