import { ApiObject, Chart, JsonPatch } from "cdk8s";
import { Construct } from "constructs";
import { type ValidationErrors, describe } from "../core/options/validation-errors";

/** What Kubernetes tells an object from others by. */
export interface ObjectId {
  readonly kind: string;
  readonly name: string;
  /** Undefined for an object that lives in none. */
  readonly namespace?: string | undefined;
}

/** Notes when a user is in no chart: nobody would write its objects, and cdk8s would refuse the first of them. */
export function checkScope(errors: ValidationErrors, scope: unknown): void {
  if (chartOf(scope) === undefined) {
    errors.add(
      "scope",
      `expected a chart or a construct in one, got ${describeScope(scope)}. Make a chart, new Chart(app, "users"), and pass it.`,
    );
  }
}

function describeScope(scope: unknown): string {
  if (!Construct.isConstruct(scope)) {
    return describe(scope);
  }
  const { path } = scope.node;
  return `${path === "" ? "the root of the tree" : describe(path)}, which is in none`;
}

/**
 * The path of the construct that makes an object already, in the chart that a user comes into.
 *
 * Only one chart is looked at, because two charts of an app may be for two clusters.
 */
export function ownerInChart(scope: unknown, { kind, name, namespace }: ObjectId): string | undefined {
  const chart = chartOf(scope);
  const owner = chart?.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .find(
      (object) =>
        // A chart inside of the chart is written on its own.
        Chart.of(object) === chart &&
        object.kind === kind &&
        object.name === name &&
        (namespace === undefined || namespaceOf(object) === namespace),
    );
  return owner?.node.path;
}

/** `Chart.of`, which throws an error of its own where there is none. */
function chartOf(scope: unknown): Chart | undefined {
  return Construct.isConstruct(scope) ? scope.node.scopes.findLast((construct) => Chart.isChart(construct)) : undefined;
}

/** The chart's namespace stands in its objects already. Where there is none, kubectl takes its context's default. */
function namespaceOf(object: ApiObject): string {
  return object.metadata.namespace ?? "default";
}

/** Takes away the namespace that a chart gives to all of its objects, also to those that live in none. */
export function outsideNamespaces<T extends Construct>(construct: T): T {
  const object = ApiObject.of(construct);
  if (object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove("/metadata/namespace"));
  }
  return construct;
}
