import { type PolicyRule } from "../../../components/core/rbac/grants";

/** A rule in two parts: what may be done, and to what. */
export interface RuleText {
  readonly verbs: string;
  readonly objects: string;
}

/** A rule as people read it: `get, list` and `pods, deployments (apps)`. */
export function ruleText({
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
  verbs,
}: PolicyRule): RuleText {
  const named = resourceNames.length === 0 ? "" : ` named ${resourceNames.join(", ")}`;
  const objects = resources.length === 0 ? [] : [`${resourcesText(resources)}${groupsText(apiGroups)}${named}`];
  const urls = nonResourceURLs.length === 0 ? [] : [`paths ${nonResourceURLs.join(", ")}`];
  return {
    verbs: verbs.includes("*") ? "everything (*)" : verbs.join(", ") || "nothing",
    objects: [...objects, ...urls].join("; ") || "nothing",
  };
}

function resourcesText(resources: readonly string[]): string {
  return resources.includes("*") ? "all resources (*)" : resources.join(", ");
}

/** Nothing for the core group alone, which is what a resource without more is of. */
function groupsText(apiGroups: readonly string[]): string {
  if (apiGroups.includes("*")) {
    return " of all API groups (*)";
  }
  const named = apiGroups.map((group) => (group === "" ? "core" : group));
  return named.join() === "core" ? "" : ` of ${named.join(", ") || "no API group"}`;
}
