import { Output, type ProviderResource, all } from "@pulumi/pulumi";
import { type Cluster } from "../../core/kubeconfig/cluster";
import { KubernetesUserError, titleOf } from "../../core/errors";
import { resolveKubeconfig } from "../../cluster/admin-kubeconfig";

/**
 * Lets the description of a cluster through unless the Kubernetes provider that the program gives evidently points at
 * another one: the certificate would be of one cluster, and the access in another.
 *
 * Evident is an other address with an other authority. One of the two alone differs for one cluster too, behind a
 * tunnel or after a rotation.
 */
export function sameCluster(name: string, provider: ProviderResource, cluster: Output<Cluster>): Output<Cluster> {
  // The SDK keeps a resource's inputs as properties, which the provider's type does not declare.
  const input = (name: string): unknown => Reflect.get(provider, name);
  const [kubeconfig, context, override] = [input("kubeconfig"), input("context"), input("cluster")];
  if (!Output.isInstance(kubeconfig)) {
    return cluster;
  }
  return all([cluster, kubeconfig, context, override]).apply((known) => {
    const [cluster, kubeconfig, context, override]: readonly [Cluster, unknown, unknown, unknown] = known;
    const other = override === undefined ? clusterOfProvider(kubeconfig, context) : undefined;
    if (other !== undefined && isAnother(cluster, other)) {
      throw new KubernetesUserError(
        "invalid-arguments",
        `${titleOf(name)}: provider: expected one for the cluster ${cluster.server}, which kubeconfig and context select, ` +
          `got one for ${other.server}. Pass the provider's kubeconfig as kubeconfig, too.`,
      );
    }
    return cluster;
  });
}

/** The cluster that a provider reaches, as far as its inputs tell. What it cannot use, it tells itself. */
function clusterOfProvider(kubeconfig: unknown, context: unknown): Cluster | undefined {
  // The SDK fills KUBECONFIG in, which may list several files.
  const text = typeof kubeconfig === "string" && kubeconfig !== process.env["KUBECONFIG"] ? kubeconfig : undefined;
  try {
    return resolveKubeconfig({ kubeconfig: text, context: typeof context === "string" ? context : undefined }).cluster;
  } catch {
    return undefined;
  }
}

function isAnother(one: Cluster, other: Cluster): boolean {
  const [a, b] = [one.certificateAuthorityData, other.certificateAuthorityData];
  return one.server !== other.server && a !== undefined && b !== undefined && a !== b;
}
