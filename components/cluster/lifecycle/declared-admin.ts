import { type AdminKubeconfig, anotherCluster, clusterFingerprint } from "../../core/kubeconfig/cluster";
import { type CertificateDeclaration } from "../../core/lifecycle/declaration";
import { resolveKubeconfig } from "../admin-kubeconfig";
import { type ApprovalPlace } from "../issuance/approval-announcement";

/** @throws KubernetesUserError when the kubeconfig in use names another cluster than the program meant. */
export function adminOf({ kubeconfig, context, cluster }: CertificateDeclaration): AdminKubeconfig {
  const admin = resolveKubeconfig({ kubeconfig, context });
  const found = clusterFingerprint(admin.cluster);
  if (found !== cluster) {
    throw anotherCluster(cluster, found);
  }
  return admin;
}

/** Whoever approves need not have the kubeconfig that the program was given, nor call its context the same. */
export function approvalPlace(
  { kubeconfig }: CertificateDeclaration,
  { cluster, context }: AdminKubeconfig,
): ApprovalPlace {
  return {
    clusterName: cluster.name,
    server: cluster.server,
    context: kubeconfig === undefined ? context : undefined,
  };
}
