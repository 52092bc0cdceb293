import { describe } from "../core/options/validation-errors";
import { KubernetesUserError } from "../core/errors";
import { ApiStatusError } from "./connection/api-error";
import { type KubernetesClient } from "./kubernetes-client";

/** The namespaces of one cluster that the users of one run need: each is looked at once. */
export class NeededNamespaces {
  /** One that is missing may be there a moment later, made by the same program. */
  private readonly present = new Map<string, Promise<boolean>>();

  /**
   * Makes sure that namespaces exist, before anything is asked for that would be of no use without them. Who may not
   * look at namespaces is not stopped: the binding will tell.
   *
   * @throws KubernetesUserError `namespace-not-found`
   */
  async require(client: KubernetesClient, username: string, namespaces: readonly string[]): Promise<void> {
    const missing: string[] = [];
    for (const namespace of namespaces) {
      if (!(await this.isPresent(client, namespace))) {
        missing.push(namespace);
      }
    }
    if (missing.length > 0) {
      throw new KubernetesUserError(
        "namespace-not-found",
        `access of ${describe(username)}: the cluster has no namespace ${missing.map((name) => `"${name}"`).join(", ")}. Nothing was submitted or granted. ` +
          "Create it first; if the same program creates it, pass its metadata.name instead of a text.",
      );
    }
  }

  private async isPresent(client: KubernetesClient, namespace: string): Promise<boolean> {
    const look = this.present.get(namespace) ?? mayExist(client, namespace);
    this.present.set(namespace, look);
    let isPresent = false;
    try {
      isPresent = await look;
    } finally {
      if (!isPresent) {
        this.present.delete(namespace);
      }
    }
    return isPresent;
  }
}

/** Those of the namespaces that do not exist; none of those that the caller may not look at. */
export async function missingNamespaces(
  client: KubernetesClient,
  namespaces: readonly string[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const namespace of namespaces) {
    if (!(await mayExist(client, namespace))) {
      missing.push(namespace);
    }
  }
  return missing;
}

async function mayExist(client: KubernetesClient, namespace: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const answer = await client.send(`read namespace ${namespace}`, { method: "GET", path, expected: [403, 404] });
  return !(answer instanceof ApiStatusError && answer.statusCode === 404);
}
