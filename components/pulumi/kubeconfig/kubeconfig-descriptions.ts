import { type Output } from "@pulumi/pulumi";
import { type Cluster, clusterFields } from "../../core/kubeconfig/cluster";
import { type KubeconfigDocument } from "../../core/kubeconfig/kubeconfig-document";
import { entryName } from "../../core/kubeconfig/user-kubeconfig";

/** What of a user's kubeconfig is known before there is a certificate. */
export interface KubeconfigDescription {
  readonly cluster: Cluster;
  readonly clusterName: string | undefined;
  readonly contextName: string | undefined;
  readonly username: string;
  readonly namespace: string | undefined;
}

const descriptions = new WeakMap<object, Output<KubeconfigDescription>>();

/** Notes what a user's kubeconfig will be, for those who get the Output: a preview knows nothing else of it. */
export function describeKubeconfig(kubeconfig: Output<string>, description: Output<KubeconfigDescription>): void {
  descriptions.set(kubeconfig, description);
}

/** What has been noted of a kubeconfig; undefined when it is no user's. */
export function descriptionOf(kubeconfig: unknown): Output<KubeconfigDescription> | undefined {
  return typeof kubeconfig === "object" && kubeconfig !== null ? descriptions.get(kubeconfig) : undefined;
}

/**
 * The entries of a kubeconfig without its credentials.
 *
 * @param owner tells one user's credentials from another's.
 */
export function outline(
  { cluster, clusterName = cluster.name, contextName, username, namespace }: KubeconfigDescription,
  owner: string,
): Omit<KubeconfigDocument, "currentContext"> {
  const user = entryName(username, clusterName);
  return {
    clusters: [{ name: clusterName, value: clusterFields(cluster) }],
    users: [{ name: user, value: { owner } }],
    contexts: [{ name: contextName ?? user, value: { cluster: clusterName, user, namespace } }],
  };
}
