import { type ValidationErrors, describe, notYetKnown } from "../options/validation-errors";

/**
 * One RBAC rule.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
 */
export interface PolicyRule {
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly resourceNames?: readonly string[] | undefined;
  readonly nonResourceURLs?: readonly string[] | undefined;
  readonly verbs: readonly string[];
}

const grantOptions = ["namespaces", "clusterWide", "rules", "role", "clusterRole", "name"];
const ruleOptions = ["apiGroups", "resources", "resourceNames", "nonResourceURLs", "verbs"];

/** What a grant gives: exactly one of these. */
const sources = ["rules", "role", "clusterRole"] as const;

/** Notes what is wrong with the `access` option. */
export function checkAccess(errors: ValidationErrors, path: string, value: unknown): void {
  for (const [index, grant] of (errors.array(path, value) ?? []).entries()) {
    checkGrant(errors, `${path}[${index}]`, grant ?? null);
  }
}

function checkGrant(errors: ValidationErrors, path: string, value: unknown): void {
  const grant = errors.object(path, value, grantOptions);
  if (grant === undefined) {
    return;
  }
  const given = sources.filter((source) => grant[source] !== undefined);
  if (given.length !== 1) {
    const got = given.length === 0 ? "none" : given.join(" and ");
    errors.add(path, `expected exactly one of rules, role and clusterRole, got ${got}. Write one grant for each.`);
  }
  const clusterWide = checkScope(errors, path, grant);
  if (clusterWide && grant["role"] !== undefined) {
    errors.add(
      `${path}.role`,
      `a Role lives in a namespace, and the grant is for the whole cluster. Name namespaces, or use clusterRole.`,
    );
  }
  checkObjectName(errors, `${path}.role`, grant["role"]);
  checkObjectName(errors, `${path}.clusterRole`, grant["clusterRole"]);
  checkObjectName(errors, `${path}.name`, grant["name"]);
  checkRules(errors, `${path}.rules`, grant["rules"], grant["namespaces"] !== undefined);
}

/**
 * Notes what is wrong with where a grant holds. The whole cluster is never a default: a misspelt key must not open it.
 *
 * @returns whether the grant says that it is for the whole cluster.
 */
function checkScope(errors: ValidationErrors, path: string, grant: Readonly<Record<string, unknown>>): boolean {
  const { namespaces, clusterWide } = grant;
  checkNamespaces(errors, `${path}.namespaces`, namespaces);
  if (clusterWide === notYetKnown) {
    errors.add(
      `${path}.clusterWide`,
      "expected true or false, got an Output. It decides which objects there are: write the value down.",
    );
    return false;
  }
  errors.boolean(`${path}.clusterWide`, clusterWide);
  if (namespaces !== undefined && clusterWide === true) {
    errors.add(path, "expected namespaces or clusterWide: true, got both. Write one grant for each.");
  }
  if (namespaces === undefined && (clusterWide === undefined || clusterWide === false)) {
    errors.add(
      path,
      "expected namespaces or clusterWide: true, got neither. Name the namespaces that it holds in, or say clusterWide: true for the whole cluster.",
    );
  }
  return namespaces === undefined && clusterWide === true;
}

function checkNamespaces(errors: ValidationErrors, path: string, value: unknown): void {
  const namespaces = errors.array(path, value);
  if (namespaces?.length === 0) {
    errors.add(
      path,
      "expected at least one namespace, got an empty array. Name one, or say clusterWide: true for the whole cluster.",
    );
  }
  const seen = new Set<unknown>();
  for (const [index, element] of (namespaces ?? []).entries()) {
    checkNamespace(errors, `${path}[${index}]`, element ?? null);
    if (seen.has(element) && element !== notYetKnown) {
      errors.add(`${path}[${index}]`, `${describe(element)} is listed twice. Name each namespace once.`);
    }
    seen.add(element);
  }
}

/** Notes what keeps `value` from being a namespace's name (an RFC 1123 label). */
export function checkNamespace(errors: ValidationErrors, path: string, value: unknown): void {
  const namespace = errors.string(path, value);
  if (namespace !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    errors.add(
      path,
      `expected at most 63 lower-case letters, digits and "-", with a letter or digit at both ends, got ${describe(namespace)}. Kubernetes allows no other namespace name.`,
    );
  }
}

/** RBAC objects have looser names than others: anything that can stand in a URL's path. */
function checkObjectName(errors: ValidationErrors, path: string, value: unknown): void {
  const name = errors.string(path, value);
  if (name !== undefined && (name === "." || name === ".." || /[/%]/.test(name))) {
    errors.add(
      path,
      `expected a name without "/" and "%", and not "." or "..", got ${describe(name)}. Kubernetes allows no other.`,
    );
  }
}

function checkRules(errors: ValidationErrors, path: string, value: unknown, namespaced: boolean): void {
  const rules = errors.array(path, value);
  if (rules?.length === 0) {
    errors.add(path, `expected at least one rule, got an empty array. Leave the grant out to give nothing.`);
  }
  for (const [index, element] of (rules ?? []).entries()) {
    checkRule(errors, `${path}[${index}]`, element ?? null, namespaced);
  }
}

function checkRule(errors: ValidationErrors, path: string, value: unknown, namespaced: boolean): void {
  const rule = errors.object(path, value, ruleOptions);
  if (rule === undefined) {
    return;
  }
  checkList(errors, `${path}.verbs`, rule["verbs"] ?? [], "the verbs that it allows, such as get or list");
  if (rule["nonResourceURLs"] === undefined) {
    checkList(
      errors,
      `${path}.apiGroups`,
      rule["apiGroups"] ?? [],
      `the API groups of its resources; "" is the core group`,
    );
    checkList(errors, `${path}.resources`, rule["resources"] ?? [], "the resources that it is about, such as pods");
    if (rule["resourceNames"] !== undefined) {
      checkList(
        errors,
        `${path}.resourceNames`,
        rule["resourceNames"],
        "names, or no resourceNames at all for every object",
      );
    }
    return;
  }
  checkList(errors, `${path}.nonResourceURLs`, rule["nonResourceURLs"], "paths such as /healthz");
  for (const other of ["apiGroups", "resources", "resourceNames"]) {
    if (rule[other] !== undefined) {
      errors.add(`${path}.${other}`, `a rule is about resources or about nonResourceURLs, not both. Write two rules.`);
    }
  }
  if (namespaced) {
    errors.add(
      `${path}.nonResourceURLs`,
      "URLs belong to no namespace, and the grant names namespaces. Move the rule into a grant with clusterWide: true.",
    );
  }
}

function checkList(errors: ValidationErrors, path: string, value: unknown, what: string): void {
  const list = errors.array(path, value);
  if (list?.length === 0) {
    errors.add(path, `expected at least one element: ${what}.`);
  }
  for (const [index, element] of (list ?? []).entries()) {
    // "" names the core API group.
    if (element !== notYetKnown && (typeof element !== "string" || (element === "" && !path.endsWith(".apiGroups")))) {
      errors.add(`${path}[${index}]`, `expected a non-empty string, got ${describe(element)}.`);
    }
    if (element === "core" && path.endsWith(".apiGroups")) {
      errors.add(
        `${path}[${index}]`,
        `expected an API group, got "core". Kubernetes has none of that name: write "" for the core group.`,
      );
    }
  }
}

/** A grant as the planner takes it; `Text` and `Rules` may be values that are not known yet. */
export interface Grant<Text, Rules> {
  /** Where it holds. */
  readonly namespaces?: readonly Text[] | undefined;
  /** True for a grant that holds in the whole cluster, which has no namespaces. */
  readonly clusterWide?: boolean | undefined;
  readonly rules?: Rules | undefined;
  readonly role?: Text | undefined;
  readonly clusterRole?: Text | undefined;
  readonly name?: Text | undefined;
}

/** A grant whose values are all known. */
export type PlainGrant = Grant<string, readonly PolicyRule[]>;

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

/** What has to exist for the grants to hold, one binding a namespace. The grants have passed {@link checkAccess}. */
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
