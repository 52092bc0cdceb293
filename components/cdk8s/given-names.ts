import { type ValidationErrors, describe, isStrings } from "../core/options/validation-errors";
import { type ObjectId, ownerInChart } from "./chart-objects";
import { grantsIn } from "./grants";

/**
 * Notes where a grant's `name` belongs to another object of the chart already. Kubernetes would not refuse it: the
 * object that is applied last replaces the other, and access is lost, or given to somebody else.
 */
export function checkGivenNames(errors: ValidationErrors, scope: unknown, access: unknown): void {
  const taken = new Map<string, string>();
  for (const { path: grantPath, grant } of grantsIn(access)) {
    const { name, namespaces, rules } = grant;
    if (typeof name !== "string") {
      continue;
    }
    const path = `${grantPath}.name`;
    for (const namespace of isStrings(namespaces) ? namespaces : [undefined]) {
      for (const kind of kindsMade(namespace, rules)) {
        const object = { kind, name, namespace };
        const title = describeObject(object);
        const owner = taken.get(title) ?? describeOwner(scope, object);
        if (owner !== undefined) {
          errors.add(path, `the ${title} is already made by ${owner}. Choose another name.`);
        }
        taken.set(title, path);
      }
    }
  }
}

function kindsMade(namespace: string | undefined, rules: unknown): readonly string[] {
  const prefix = namespace === undefined ? "Cluster" : "";
  return rules === undefined ? [`${prefix}RoleBinding`] : [`${prefix}Role`, `${prefix}RoleBinding`];
}

function describeObject({ kind, name, namespace }: ObjectId): string {
  return `${kind} ${describe(name)}${namespace === undefined ? "" : ` in the namespace ${describe(namespace)}`}`;
}

function describeOwner(scope: unknown, object: ObjectId): string | undefined {
  const path = ownerInChart(scope, object);
  return path === undefined ? undefined : describe(path);
}
