import { isRecord } from "../core/options/validation-errors";
import { ApiStatusError } from "./connection/api-error";
import { type KubernetesClient } from "./kubernetes-client";

const rbac = "rbac.authorization.k8s.io/v1";

const kinds = {
  roles: "Role",
  clusterroles: "ClusterRole",
  rolebindings: "RoleBinding",
  clusterrolebindings: "ClusterRoleBinding",
} as const;

/** A resource of RBAC. */
export type RbacResource = keyof typeof kinds;

const resources: readonly RbacResource[] = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"];

/** A cluster's Roles, ClusterRoles and bindings, as it has them. */
export interface RbacObjects {
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  /** What of it the credentials may not list. */
  readonly forbidden: readonly RbacResource[];
}

/** Lists what gives access in a cluster, in all namespaces. What may not be listed is left out. */
export async function listRbacObjects(client: KubernetesClient): Promise<RbacObjects> {
  const objects: Readonly<Record<string, unknown>>[] = [];
  const forbidden: RbacResource[] = [];
  for (const resource of resources) {
    const answer = await client.send(`list ${resource}`, {
      method: "GET",
      path: `/apis/${rbac}/${resource}`,
      expected: [403, 404],
    });
    if (answer instanceof ApiStatusError) {
      forbidden.push(resource);
      continue;
    }
    const items: unknown = isRecord(answer) ? answer["items"] : undefined;
    // The elements of a list do not say what they are.
    const own = { apiVersion: rbac, kind: kinds[resource] };
    objects.push(...(Array.isArray(items) ? items : []).filter(isRecord).map((item) => ({ ...item, ...own })));
  }
  return { objects, forbidden };
}
