import { KubernetesUserError } from "../core/errors";
import { isRecord } from "../core/options/validation-errors";
import { ApiStatusError } from "./connection/api-error";
import { type KubernetesClient, itemsOf } from "./kubernetes-client";

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
  /** What of it the cluster does not serve, because it decides otherwise who may do what. */
  readonly notServed: readonly RbacResource[];
}

/** So many objects are asked for at once, as by kubectl. */
const pageSize = 500;

/** No cluster has more objects of a resource than these pages hold: a server that goes on is not one. */
const mostPages = 1000;

/** Lists what gives access in a cluster, in all namespaces. What may not be listed, or is not served, is left out. */
export async function listRbacObjects(client: KubernetesClient): Promise<RbacObjects> {
  const objects: Readonly<Record<string, unknown>>[] = [];
  const forbidden: RbacResource[] = [];
  const notServed: RbacResource[] = [];
  for (const resource of resources) {
    const found = await listAll(client, resource);
    if (found instanceof ApiStatusError) {
      (found.statusCode === 404 ? notServed : forbidden).push(resource);
      continue;
    }
    for (const item of found.filter(isRecord)) {
      // The elements of a list do not say what they are.
      objects.push({ ...item, apiVersion: rbac, kind: kinds[resource] });
    }
  }
  return { objects, forbidden, notServed };
}

/** All objects of a resource, page by page; or the answer that there are none for these credentials. */
async function listAll(client: KubernetesClient, resource: RbacResource): Promise<readonly unknown[] | ApiStatusError> {
  const list = (query: string, ...expected: readonly number[]): Promise<unknown> =>
    client.send(`list ${resource}`, {
      method: "GET",
      path: `/apis/${rbac}/${resource}${query}`,
      expected: [403, 404, ...expected],
    });
  const pages: (readonly unknown[])[] = [];
  let answer = await list(`?limit=${pageSize}`);
  while (!(answer instanceof ApiStatusError)) {
    pages.push(itemsOf(answer));
    const next = nextPageOf(answer);
    if (next === undefined) {
      return pages.flat();
    }
    if (pages.length === mostPages) {
      throw new KubernetesUserError(
        "server-error",
        `${client.server} does not come to an end of its ${resource}: after ${mostPages} pages it has more.`,
      );
    }
    answer = await list(`?limit=${pageSize}&continue=${encodeURIComponent(next)}`, 410);
  }
  if (answer.statusCode !== 410) {
    return answer;
  }
  // The server keeps the moment of which the pages are for some minutes. One answer with all is of one moment.
  const whole = await list("");
  return whole instanceof ApiStatusError ? whole : itemsOf(whole);
}

/** What asks for the page after this one; undefined when this is the last. */
function nextPageOf(list: unknown): string | undefined {
  const metadata = isRecord(list) ? list["metadata"] : undefined;
  const token = isRecord(metadata) ? metadata["continue"] : undefined;
  return typeof token === "string" && token !== "" ? token : undefined;
}
