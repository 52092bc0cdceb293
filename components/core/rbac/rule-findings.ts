import { type PolicyRule } from "./grants";
import { type ApiResource } from "./api-resources";
import { describe, describeList } from "../options/validation-errors";

/** Verbs that are no operation on a resource of their own: what they are about need not be served. */
const specialVerbs = ["use", "bind", "escalate", "impersonate", "approve", "sign", "attest"];

/** Verbs of every resource, and of the paths outside. */
const commonVerbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/** What people write who mean others. */
const meant = new Map([
  ["read", "get"],
  ["view", "get"],
  ["show", "get"],
  ["write", "update"],
  ["edit", "update"],
  ["modify", "update"],
  ["add", "create"],
  ["remove", "delete"],
  ["all", "*"],
]);

/** Something about a rule that makes it allow less than it seems to. */
export interface RuleFinding {
  /** Where, within the rule: `resources[0]`. */
  readonly path: string;
  readonly message: string;
}

/**
 * What of a rule can match nothing in a cluster, by what that serves. Kubernetes takes any text in a rule, so that a
 * misspelt resource or verb shows only when its user is refused.
 *
 * @param namespaced whether the rule is for namespaces, and not for the whole cluster.
 */
export function ruleFindings(rule: PolicyRule, namespaced: boolean, served: readonly ApiResource[]): RuleFinding[] {
  const { apiGroups = [], resources = [], resourceNames, verbs, nonResourceURLs } = rule;
  const findings = verbFindings(verbs, served);
  if (nonResourceURLs !== undefined || verbs.some((verb) => specialVerbs.includes(verb))) {
    return findings;
  }
  const groups = groupFindings(apiGroups, served);
  findings.push(...groups);
  if (groups.length < apiGroups.length) {
    resources.forEach((resource, index) => {
      const message = resourceMessage(resource, { apiGroups, verbs, namespaced }, served);
      if (message !== undefined) {
        findings.push({ path: `resources[${index}]`, message });
      }
    });
  }
  // A subresource, such as pods/exec, is created of an object that has its name already.
  const named = resources.some((resource) => !resource.includes("/"));
  if (resourceNames !== undefined && named && verbs.includes("create")) {
    findings.push({
      path: "resourceNames",
      message:
        "nothing can be created by name: Kubernetes does not know the name yet when it decides. Move create into a rule without resourceNames.",
    });
  }
  return findings;
}

function verbFindings(verbs: readonly string[], served: readonly ApiResource[]): RuleFinding[] {
  const known = new Set(["*", ...commonVerbs, ...specialVerbs, ...served.flatMap(({ verbs }) => verbs)]);
  return verbs.flatMap((verb, index) => {
    if (known.has(verb)) {
      return [];
    }
    const small = verb.toLowerCase();
    const suggestion = known.has(small) ? small : meant.get(small);
    return [
      { path: `verbs[${index}]`, message: `Kubernetes knows no verb ${describe(verb)}.${didYouMean(suggestion)}` },
    ];
  });
}

function groupFindings(apiGroups: readonly string[], served: readonly ApiResource[]): RuleFinding[] {
  const known = new Set(served.map(({ group }) => group));
  return apiGroups.flatMap((group, index) => {
    if (group === "*" || known.has(group)) {
      return [];
    }
    const [withoutVersion = ""] = group.split("/");
    const suggestion = group === "v1" ? "" : known.has(withoutVersion) ? withoutVersion : undefined;
    const hint =
      suggestion === undefined ? "" : ` Did you mean ${describe(suggestion)}? Rules name groups without a version.`;
    return [
      { path: `apiGroups[${index}]`, message: `the cluster serves no API group ${describe(group)} (yet).${hint}` },
    ];
  });
}

function resourceMessage(
  resource: string,
  {
    apiGroups,
    verbs,
    namespaced,
  }: Pick<PolicyRule, "verbs"> & {
    readonly apiGroups: readonly string[];
    readonly namespaced: boolean;
  },
  served: readonly ApiResource[],
): string | undefined {
  if (resource.includes("*")) {
    return undefined;
  }
  const inGroups = ({ group }: ApiResource): boolean => apiGroups.includes("*") || apiGroups.includes(group);
  const matching = served.filter((one) => one.name === resource && inGroups(one));
  if (matching.length === 0) {
    return `the cluster serves no ${describe(resource)} in ${groupsText(apiGroups)} (yet).${suggest(resource, inGroups, served)}`;
  }
  if (namespaced && matching.every((one) => !one.namespaced)) {
    return `${describe(resource)} belong to no namespace, but the grant names namespaces. Move the rule into a grant with clusterWide: true.`;
  }
  // Of verbs that Kubernetes does not know, it has been told.
  const known = verbs.filter((verb) => commonVerbs.includes(verb));
  const able = matching.flatMap(({ verbs }) => verbs);
  const usable = ["*", ...specialVerbs, ...able];
  return known.length === 0 || verbs.some((verb) => usable.includes(verb))
    ? undefined
    : `${describe(resource)} supports none of ${describeList(verbs)}, only ${describeList([...new Set(able)])}.`;
}

function suggest(resource: string, inGroups: (one: ApiResource) => boolean, served: readonly ApiResource[]): string {
  const small = resource.toLowerCase();
  const isMeant = ({ name, aliases }: ApiResource): boolean => name === small || aliases.includes(small);
  const here = served.find((one) => inGroups(one) && isMeant(one));
  if (here !== undefined) {
    return didYouMean(here.name);
  }
  const elsewhere = served.find(isMeant);
  return elsewhere === undefined
    ? ""
    : ` ${describe(elsewhere.name)} are in the API group ${describe(elsewhere.group)}.`;
}

function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : ` Did you mean ${describe(suggestion)}?`;
}

function groupsText(groups: readonly string[]): string {
  return groups.includes("*") ? "any API group" : `the API groups ${describeList(groups)}`;
}
