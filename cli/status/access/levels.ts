import { type PolicyRule } from "../../../components/core/rbac/grants";
import { type Holding, type Place } from "./holding";
import { type Risk, risksOf } from "./risks";
import { includes, isAboutAll } from "./rule-match";

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
export type Power = "everything" | Risk;

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
  ["admin", { operations: some, powers: ["Secrets", "commands in Pods", "Pods", "escalation"] }],
  ["edit", { operations: some, powers: ["Secrets", "commands in Pods", "Pods", "escalation"] }],
  ["view", { operations: { read: "some", change: "none", remove: "none" }, powers: [] }],
]);

/** What several holdings of one place allow together. */
export function levelsOf(holdings: readonly Holding[]): Levels {
  return holdings.map(levelsOfOne).reduce(together, {
    operations: { read: "none", change: "none", remove: "none" },
    powers: [],
  });
}

function levelsOfOne({ place, role, rules }: Holding): Levels {
  if (rules !== undefined) {
    const level = (operation: Operation): Level => levelOf(rules, kinds[operation]);
    const operations = { read: level("read"), change: level("change"), remove: level("remove") };
    return { operations, powers: powersOf(rules, place) };
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

function powersOf(rules: readonly PolicyRule[], place: Place): Power[] {
  return rules.some((rule) => isAboutAll(rule) && rule.verbs.includes("*")) ? ["everything"] : risksOf(rules, place);
}
