import { ApiObject, JsonPatch } from "cdk8s";
import { type Construct } from "constructs";

/** Takes away the namespace that a chart gives to all of its objects, also to those that live in none. */
export function outsideNamespaces<T extends Construct>(construct: T): T {
  const object = ApiObject.of(construct);
  if (object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove("/metadata/namespace"));
  }
  return construct;
}
