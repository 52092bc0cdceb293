/**
 * One RBAC rule.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
 */
export interface PolicyRule {
  /** API groups of the resources; `""` is the core group, `*` all. */
  readonly apiGroups?: readonly string[] | undefined;
  /** Resources, such as `pods` or `pods/log`; `*` is all. */
  readonly resources?: readonly string[] | undefined;
  /** Names of single objects. Default: every object. */
  readonly resourceNames?: readonly string[] | undefined;
  /** Paths outside the resources, such as `/healthz`; only in a grant for the whole cluster. */
  readonly nonResourceURLs?: readonly string[] | undefined;
  /** What is allowed: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, …; `*` is all. */
  readonly verbs: readonly string[];
}

/** What a user may do, and where; `Text` and `Rules` may be values that are not known yet. */
export interface Grant<Text = string, Rules = readonly PolicyRule[]> {
  /** Where it holds. */
  readonly namespaces?: readonly Text[] | undefined;
  /** True for a grant that holds in the whole cluster, which has no namespaces. */
  readonly clusterWide?: boolean | undefined;
  readonly rules?: Rules | undefined;
  readonly role?: Text | undefined;
  readonly clusterRole?: Text | undefined;
  readonly name?: Text | undefined;
}

/** A binding to make, with the Role or ClusterRole made for it when the grant is written as rules. */
export interface PlannedBinding<Text, Rules> {
  /**
   * What tells this binding from the user's others. Adding, removing or reordering other grants and namespaces does
   * not change it, with two exceptions: several grants of rules in one namespace are told apart by their order, and
   * values that are not known while the program runs by their place in the lists.
   */
  readonly key: string;
  /** Where it holds; undefined for the whole cluster. */
  readonly namespace: Text | undefined;
  /** What the objects are called; undefined leaves it to the tool. */
  readonly name: Text | undefined;
  /** What the user may do: a role that exists, or rules to make a role of. */
  readonly role:
    | { readonly kind: "Role" | "ClusterRole"; readonly existing: Text }
    | { readonly kind: "Role" | "ClusterRole"; readonly rules: Rules };
}

/** What has to exist for the grants to hold, one binding a namespace. The grants have passed their checks. */
export function planAccess<Text, Rules>(grants: readonly Grant<Text, Rules>[]): PlannedBinding<Text, Rules>[] {
  const taken = new Set<string>();
  // A namespace's name may look like a numbered key: a second "dev" and the namespace "dev-2" are two bindings.
  const unique = (key: string): string => {
    let candidate = key;
    for (let count = 2; taken.has(candidate); count += 1) {
      candidate = `${key}-${count}`;
    }
    taken.add(candidate);
    return candidate;
  };
  return grants.flatMap((grant, grantIndex) => {
    return scopesOf(grant).map((namespace, scopeIndex) => {
      const place =
        namespace === undefined ? "cluster" : textOr(namespace, `access${grantIndex}-namespace${scopeIndex}`);
      const what = describeGrant(grant, grantIndex);
      return {
        key: unique(what === "" ? place : `${place}-${what}`),
        namespace,
        name: grant.name,
        role: plannedRole(grant, namespace === undefined),
      };
    });
  });
}

/** The namespaces that grants name, each once. */
export function namespacesOf(grants: readonly Grant[]): string[] {
  return [...new Set(grants.flatMap(({ namespaces = [] }) => namespaces))];
}

/** The namespaces of a grant, or undefined for the whole cluster. */
export function scopesOf<Text, Rules>({ namespaces, clusterWide }: Grant<Text, Rules>): readonly (Text | undefined)[] {
  if (namespaces !== undefined) {
    return namespaces;
  }
  if (clusterWide === true) {
    return [undefined];
  }
  throw new TypeError("a grant has namespaces or clusterWide: true");
}

/** A named object keeps its key when its role changes: two of one name cannot exist side by side, not for a moment. */
function describeGrant<Text, Rules>(grant: Grant<Text, Rules>, index: number): string {
  if (grant.name !== undefined) {
    return textOr(grant.name, `access${index}`);
  }
  if (grant.role !== undefined) {
    return `role-${textOr(grant.role, `access${index}`)}`;
  }
  return grant.clusterRole === undefined ? "" : `clusterrole-${textOr(grant.clusterRole, `access${index}`)}`;
}

function plannedRole<Text, Rules>(
  grant: Grant<Text, Rules>,
  clusterWide: boolean,
): PlannedBinding<Text, Rules>["role"] {
  if (grant.role !== undefined) {
    return { kind: "Role", existing: grant.role };
  }
  if (grant.clusterRole !== undefined) {
    return { kind: "ClusterRole", existing: grant.clusterRole };
  }
  if (grant.rules !== undefined) {
    return { kind: clusterWide ? "ClusterRole" : "Role", rules: grant.rules };
  }
  throw new TypeError("a grant has one of rules, role and clusterRole");
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}
