import { type PolicyRule } from "../../../components/core/rbac/grants";
import { type Holding } from "./holding";

/** What of a kind of operation is allowed in a place. */
export type Level = "all" | "some" | "none" | "unknown";

/** The kinds of operations, with their verbs. */
const kinds = {
  read: ["get", "list", "watch"],
  change: ["create", "update", "patch"],
  remove: ["delete", "deletecollection"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A kind of operations. */
export type Operation = keyof typeof kinds;

/** What somebody who judges access looks for first. */
export type Power = "everything" | "Secrets" | "commands in Pods" | "escalation";

/** What is allowed in a place, in short. */
export interface Levels {
  readonly operations: Readonly<Record<Operation, Level>>;
  readonly powers: readonly Power[];
}

const all = { read: "all", change: "all", remove: "all" } as const;
const some = { read: "some", change: "some", remove: "some" } as const;

/**
 * Kubernetes' own ClusterRoles as it makes them.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
const defaultRoles = new Map<string, Levels>([
  ["cluster-admin", { operations: all, powers: ["everything"] }],
  ["admin", { operations: some, powers: ["Secrets", "commands in Pods", "escalation"] }],
  ["edit", { operations: some, powers: ["Secrets", "commands in Pods"] }],
  ["view", { operations: { read: "some", change: "none", remove: "none" }, powers: [] }],
]);

/** What several holdings of one place allow together. */
export function levelsOf(holdings: readonly Holding[]): Levels {
  return holdings.map(levelsOfOne).reduce(together, {
    operations: { read: "none", change: "none", remove: "none" },
    powers: [],
  });
}

function levelsOfOne({ role, rules }: Holding): Levels {
  if (rules !== undefined) {
    const level = (operation: Operation): Level => levelOf(rules, kinds[operation]);
    const operations = { read: level("read"), change: level("change"), remove: level("remove") };
    return { operations, powers: powersOf(rules) };
  }
  return defaultLevels(role) ?? { operations: { read: "unknown", change: "unknown", remove: "unknown" }, powers: [] };
}

/** Whether what something allows is known of Kubernetes' own ClusterRoles alone: nobody has looked into the cluster's. */
export function isAssumed({ role, rules }: Holding): boolean {
  return rules === undefined && defaultLevels(role) !== undefined;
}

function defaultLevels(role: Holding["role"]): Levels | undefined {
  return role?.kind === "ClusterRole" ? defaultRoles.get(role.name) : undefined;
}

/** What is not known may be more than what is, and not more than all. */
const order: readonly Level[] = ["none", "some", "unknown", "all"];

function together(one: Levels, other: Levels): Levels {
  const higher = (operation: Operation): Level => {
    const [first, second] = [one.operations[operation], other.operations[operation]];
    return order.indexOf(first) > order.indexOf(second) ? first : second;
  };
  return {
    operations: { read: higher("read"), change: higher("change"), remove: higher("remove") },
    powers: [...new Set([...one.powers, ...other.powers])],
  };
}

function levelOf(rules: readonly PolicyRule[], verbs: readonly string[]): Level {
  const has = (rule: PolicyRule, verb: string): boolean => includes(rule.verbs, verb);
  if (rules.some((rule) => isAboutAll(rule) && verbs.every((verb) => has(rule, verb)))) {
    return "all";
  }
  return rules.some((rule) => verbs.some((verb) => has(rule, verb))) ? "some" : "none";
}

/** Whether a rule is about every object of every resource. */
function isAboutAll({ apiGroups, resources, resourceNames = [] }: PolicyRule): boolean {
  return [apiGroups, resources].every((list) => list?.includes("*") === true) && resourceNames.length === 0;
}

function powersOf(rules: readonly PolicyRule[]): Power[] {
  if (rules.some((rule) => isAboutAll(rule) && rule.verbs.includes("*"))) {
    return ["everything"];
  }
  const may = (group: string, resources: readonly string[], verbs: readonly string[]): boolean =>
    rules.some(
      (rule) =>
        includes(rule.apiGroups, group) &&
        resources.some((resource) => isAbout(rule, resource)) &&
        verbs.some((verb) => includes(rule.verbs, verb)),
    );
  const rbac = "rbac.authorization.k8s.io";
  const escalates =
    may(rbac, ["roles", "clusterroles"], ["escalate", "bind"]) ||
    may("", ["users", "groups", "serviceaccounts"], ["impersonate"]) ||
    may("", ["serviceaccounts/token"], ["create"]) ||
    may("certificates.k8s.io", ["signers"], ["approve", "sign"]);
  return [
    ...(may("", ["secrets"], kinds.read) ? (["Secrets"] as const) : []),
    ...(may("", ["pods/exec", "pods/attach"], ["get", "create"]) ? (["commands in Pods"] as const) : []),
    ...(escalates ? (["escalation"] as const) : []),
  ];
}

/** Whether a rule names a resource, in one of the ways in which Kubernetes reads it: `pods/exec`, `*` or, for subresources, a star before the slash. */
function isAbout({ resources = [] }: PolicyRule, resource: string): boolean {
  const subresource = resource.split("/")[1];
  return includes(resources, resource) || (subresource !== undefined && resources.includes(`*/${subresource}`));
}

function includes(list: readonly string[] | undefined, wanted: string): boolean {
  return list?.some((element) => element === "*" || element === wanted) === true;
}
