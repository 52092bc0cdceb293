import { type Grant, type PolicyRule, scopesOf } from "./grants";

/** What is allowed in one place: an existing role, or one rule. */
type Right = Place & (ExistingRole | OneRule);

interface Place {
  /** Undefined for the whole cluster. */
  readonly namespace: string | undefined;
}

interface ExistingRole {
  readonly kind: "Role" | "ClusterRole";
  readonly name: string;
}

interface OneRule {
  readonly kind: "rule";
  readonly rule: PolicyRule;
}

/**
 * Whether grants that have been judged allow all that other grants would. Where that cannot be told without the cluster
 * (what a role holds, say), the answer is no: asking once more does no harm.
 */
export function covers(judged: readonly Grant[], wanted: readonly Grant[]): boolean {
  const known = judged.flatMap(rightsOf);
  return wanted.flatMap(rightsOf).every((right) => isCovered(right, known));
}

function rightsOf(grant: Grant): Right[] {
  return scopesOf(grant).flatMap((namespace): Right[] => [
    ...(grant.role === undefined ? [] : [{ namespace, kind: "Role" as const, name: grant.role }]),
    ...(grant.clusterRole === undefined ? [] : [{ namespace, kind: "ClusterRole" as const, name: grant.clusterRole }]),
    ...(grant.rules ?? []).flatMap((rule) =>
      singleRules(rule).map((single) => ({ namespace, kind: "rule" as const, rule: single })),
    ),
  ]);
}

/** A rule as rules of one verb about one thing, which may stand in different rules of the other side. */
function singleRules(rule: PolicyRule): PolicyRule[] {
  const { apiGroups = [], resources = [], nonResourceURLs = [], verbs } = rule;
  const resourceNames = names(rule);
  return verbs.flatMap((verb) => [
    ...nonResourceURLs.map((url) => ({ nonResourceURLs: [url], verbs: [verb] })),
    ...apiGroups.flatMap((apiGroup) =>
      resources.flatMap((resource) =>
        (resourceNames ?? [undefined]).map((name) => ({
          apiGroups: [apiGroup],
          resources: [resource],
          verbs: [verb],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  ]);
}

/** The single objects of a rule; undefined for every object, as Kubernetes takes an empty list as well. */
function names({ resourceNames }: PolicyRule): readonly string[] | undefined {
  return resourceNames === undefined || resourceNames.length === 0 ? undefined : resourceNames;
}

function isCovered(wanted: Right, known: readonly Right[]): boolean {
  return known.some(
    (right) =>
      (right.namespace === undefined || right.namespace === wanted.namespace) &&
      (right.kind === "rule"
        ? wanted.kind === "rule" && allows(right.rule, wanted.rule)
        : wanted.kind === right.kind && wanted.name === right.name),
  );
}

/** Whether a rule allows what another one does; both are of one verb about one thing. */
function allows(known: PolicyRule, wanted: PolicyRule): boolean {
  if (!holds(known.verbs, wanted.verbs, isSameOrAll)) {
    return false;
  }
  if (wanted.nonResourceURLs !== undefined) {
    return holds(known.nonResourceURLs, wanted.nonResourceURLs, isUrlWithin);
  }
  const [knownNames, wantedNames] = [names(known), names(wanted)];
  return (
    holds(known.apiGroups, wanted.apiGroups, isSameOrAll) &&
    holds(known.resources, wanted.resources, isSameOrAll) &&
    (knownNames === undefined || wantedNames?.every((name) => knownNames.includes(name)) === true)
  );
}

function holds(
  known: readonly string[] = [],
  wanted: readonly string[] = [],
  includes: (known: string, wanted: string) => boolean,
): boolean {
  return wanted.every((value) => known.some((candidate) => includes(candidate, value)));
}

function isSameOrAll(known: string, wanted: string): boolean {
  return known === "*" || known === wanted;
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/cluster-role-v1/#ClusterRole */
function isUrlWithin(known: string, wanted: string): boolean {
  return known === wanted || (known.endsWith("*") && wanted.startsWith(known.slice(0, -1)));
}
