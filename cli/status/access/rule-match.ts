import { type PolicyRule } from "../../../components/core/rbac/grants";

/** Whether a rule is about every object of every resource. */
export function isAboutAll({ apiGroups, resources, resourceNames = [] }: PolicyRule): boolean {
  return [apiGroups, resources].every((list) => list?.includes("*") === true) && resourceNames.length === 0;
}

/**
 * Whether a rule names a resource, in one of the ways in which Kubernetes reads it: `pods/exec`, `*` or, for
 * subresources, a star before the slash. A resource that ends with `/*` stands for all of its subresources.
 */
export function isAbout({ resources = [] }: PolicyRule, resource: string): boolean {
  const [name, subresource] = resource.split("/");
  if (subresource === "*") {
    return resources.some((one) => one === "*" || one.startsWith(`${String(name)}/`) || one.startsWith("*/"));
  }
  return includes(resources, resource) || (subresource !== undefined && resources.includes(`*/${subresource}`));
}

/** Whether a list of a rule has an element, or stands for all. */
export function includes(list: readonly string[] | undefined, wanted: string): boolean {
  return list?.some((element) => element === "*" || element === wanted) === true;
}
