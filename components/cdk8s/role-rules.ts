import type { IApiEndpoint, IApiResource } from "cdk8s-plus-28";
import { type PolicyRule } from "../core/rbac/grants";
import { plus } from "./cdk8s-plus";

/**
 * What a rule is about, in cdk8s-plus' terms: it knows one group, one resource and one name at a time, and writes a
 * rule for each. Together they allow what the rule allows.
 */
export function resourcesOf({
  apiGroups = [],
  resources = [],
  resourceNames,
}: PolicyRule): (IApiResource & IApiEndpoint)[] {
  return apiGroups.flatMap((apiGroup) =>
    resources.flatMap((resourceType) =>
      (resourceNames ?? [undefined]).map((resourceName) => apiResource(apiGroup, resourceType, resourceName)),
    ),
  );
}

/** The same for the rules of a ClusterRole, which may be about URLs. */
export function endpointsOf(rule: PolicyRule): IApiEndpoint[] {
  return rule.nonResourceURLs?.map((url) => plus.NonApiResource.of(url)) ?? resourcesOf(rule);
}

/** `ApiResource.custom` has no place for a name. */
function apiResource(
  apiGroup: string,
  resourceType: string,
  resourceName: string | undefined,
): IApiResource & IApiEndpoint {
  const resource = { apiGroup, resourceType, ...(resourceName === undefined ? {} : { resourceName }) };
  return { ...resource, asApiResource: () => resource, asNonApiResource: () => undefined };
}
