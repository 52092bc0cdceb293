import { type RbacObjects } from "../../../components/cluster/rbac-objects";
import { type PolicyRule } from "../../../components/core/rbac/grants";
import { accessOf } from "../../requests/manifest-access";
import { type Holding } from "./holding";

type Binding = ReturnType<typeof accessOf>["bindings"][number];

/** Everybody who has logged in is in it. */
const everybody = "system:authenticated";

/** Who may do what where, as a cluster's Roles and bindings say. */
export class ClusterAccess {
  /** Whether all bindings are known. Where none are served, something else than RBAC gives access. */
  readonly isComplete: boolean;
  private readonly rules: ReadonlyMap<string, readonly PolicyRule[]>;
  private readonly bindings = new Map<string, Binding[]>();

  constructor({ objects, forbidden, notServed }: RbacObjects) {
    const { roles, bindings } = accessOf(objects);
    this.isComplete = ![...forbidden, ...notServed].some((resource) => resource.endsWith("bindings"));
    this.rules = new Map(roles.map(({ kind, namespace, name, rules }) => [keyOf(kind, namespace, name), rules]));
    for (const binding of bindings) {
      for (const { kind, name } of binding.subjects) {
        const subject = keyOf(String(kind), undefined, String(name));
        const known = this.bindings.get(subject) ?? [];
        known.push(binding);
        this.bindings.set(subject, known);
      }
    }
  }

  /** What a user has by name and through groups, without what everybody has. */
  of(username: string, groups: readonly string[]): Holding[] {
    return [
      ...this.heldBy("User", username),
      ...[...new Set(groups)].filter((group) => group !== everybody).flatMap((group) => this.heldBy("Group", group)),
    ];
  }

  /** What everybody has who has logged in. */
  ofEverybody(): Holding[] {
    return this.heldBy("Group", everybody);
  }

  private heldBy(kind: "User" | "Group", name: string): Holding[] {
    return (this.bindings.get(keyOf(kind, undefined, name)) ?? []).flatMap((binding) => {
      const holding = this.holdingOf(binding, kind === "Group" ? name : undefined);
      return holding === undefined || isOwnCertificate(holding) ? [] : [holding];
    });
  }

  private holdingOf({ clusterWide, namespace, roleRef }: Binding, group: string | undefined): Holding | undefined {
    const { kind, name } = roleRef;
    if (typeof name !== "string" || (kind !== "Role" && kind !== "ClusterRole")) {
      return undefined;
    }
    return {
      place: clusterWide ? { kind: "cluster" } : { kind: "namespace", name: namespace ?? "" },
      role: { kind, name },
      rules: this.rules.get(keyOf(kind, kind === "Role" ? namespace : undefined, name)),
      group,
      isDeclared: false,
      isFound: true,
    };
  }
}

/** Where a user's certificate is published stands a Role that may only read itself: that is no access to anything. */
function isOwnCertificate({ role, rules = [] }: Holding): boolean {
  const [rule, ...more] = rules;
  return (
    more.length === 0 &&
    rule?.verbs.join() === "get" &&
    rule.resources?.join() === (role?.kind === "Role" ? "roles" : "clusterroles") &&
    rule.resourceNames?.join() === role?.name
  );
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return JSON.stringify([kind, namespace ?? null, name]);
}
