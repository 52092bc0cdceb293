import { describe } from "../core/options/validation-errors";
import { KubernetesUserError } from "../core/errors";
import { ApiStatusError } from "./connection/api-error";
import { type KubernetesClient } from "./kubernetes-client";

/**
 * Makes sure that namespaces exist, before anything is asked for that would be of no use without them. Who may not
 * look at namespaces is not stopped: the binding will tell.
 */
export async function requireNamespaces(
  client: KubernetesClient,
  username: string,
  namespaces: readonly string[],
): Promise<void> {
  const missing = await missingNamespaces(client, namespaces);
  if (missing.length > 0) {
    throw new KubernetesUserError(
      "namespace-not-found",
      `access of ${describe(username)}: the cluster has no namespace ${missing.map((name) => `"${name}"`).join(", ")}. Nothing was submitted or granted. ` +
        "Create it first; if the same program creates it, pass its metadata.name instead of a text.",
    );
  }
}

/** Those of the namespaces that do not exist; none of those that the caller may not look at. */
export async function missingNamespaces(
  client: KubernetesClient,
  namespaces: readonly string[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const namespace of namespaces) {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
    const answer = await client.send(`read namespace ${namespace}`, {
      method: "GET",
      path,
      expected: [403, 404],
    });
    if (answer instanceof ApiStatusError && answer.statusCode === 404) {
      missing.push(namespace);
    }
  }
  return missing;
}
