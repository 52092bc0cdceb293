import { ApiObject, Chart } from "cdk8s";
import { type Construct } from "constructs";
import { type Problems, describe, isStrings } from "../core/checks";
import { grantsIn } from "./grants";

/**
 * Notes where a grant's `name` belongs to another object of the chart already. Kubernetes would not refuse it: the
 * object that is applied last replaces the other, and access is lost, or given to somebody else.
 *
 * Only one chart is looked at, because two charts of an app may be for two clusters.
 */
export function checkGivenNames(problems: Problems, scope: Construct, access: unknown): void {
  const taken = new Map<string, string>();
  for (const { path: grantPath, grant } of grantsIn(access)) {
    const { name, namespaces, rules } = grant;
    if (typeof name !== "string") {
      continue;
    }
    const path = `${grantPath}.name`;
    for (const namespace of isStrings(namespaces) ? namespaces : [undefined]) {
      for (const kind of kindsMade(namespace, rules)) {
        const object = describeObject(kind, namespace, name);
        const owner = taken.get(object) ?? ownerInChart(scope, kind, namespace, name);
        if (owner !== undefined) {
          problems.add(path, `the ${object} is made by ${owner} already. Choose another name.`);
        }
        taken.set(object, path);
      }
    }
  }
}

function kindsMade(namespace: string | undefined, rules: unknown): readonly string[] {
  const prefix = namespace === undefined ? "Cluster" : "";
  return rules === undefined ? [`${prefix}RoleBinding`] : [`${prefix}Role`, `${prefix}RoleBinding`];
}

function describeObject(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${describe(name)}${namespace === undefined ? "" : ` in the namespace ${describe(namespace)}`}`;
}

/** The construct of the chart that makes an object. */
function ownerInChart(scope: Construct, kind: string, namespace: string | undefined, name: string): string | undefined {
  const object = Chart.of(scope)
    .node.findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .find(
      (object) =>
        object.kind === kind &&
        object.name === name &&
        (namespace === undefined || object.metadata.namespace === namespace),
    );
  return object === undefined ? undefined : describe(object.node.path);
}
