import { type AdminKubeconfig, clusterFields, clusterFingerprint } from "../../components/core/kubeconfig/cluster";
import { describe } from "../../components/core/options/validation-errors";
import { formatKubeconfig, parseKubeconfig, unreadable } from "../../components/core/kubeconfig/kubeconfig-document";
import { certificateFields } from "../../components/core/kubeconfig/user-kubeconfig";
import { credentialFileOf } from "../credential/exec-entry";
import { readCredential } from "../credential/stored-credential";

/**
 * A kubeconfig whose user takes its certificate from a credential file, with that certificate in its place: no command
 * is run, which might be another's. Any other kubeconfig stays as it is.
 *
 * @throws KubernetesUserError `kubeconfig-unreadable` when the certificate is for another cluster, `file-unreadable`
 */
export function withStoredCertificate(admin: AdminKubeconfig): AdminKubeconfig {
  const document = parseKubeconfig(admin.kubeconfig, "kubeconfig");
  const [user] = document.users;
  const file = user === undefined ? undefined : credentialFileOf(user.value);
  if (user === undefined || file === undefined) {
    return admin;
  }
  const { stored } = readCredential(file);
  if (clusterFingerprint(stored.cluster) !== clusterFingerprint(admin.cluster)) {
    throw unreadable(
      "kubeconfig",
      `its user ${describe(user.name)} takes its certificate from ${describe(file)}, which is for the cluster ${stored.cluster.server}, but its context names ${admin.cluster.server}`,
    );
  }
  const value = certificateFields(stored.certificate, stored.privateKey);
  // The way to the cluster is the credential's own: a kubeconfig from elsewhere could name a proxy of its own.
  const { name } = admin.cluster;
  return {
    ...admin,
    cluster: { ...stored.cluster, name },
    kubeconfig: formatKubeconfig({
      ...document,
      clusters: [{ name, value: clusterFields(stored.cluster) }],
      users: [{ name: user.name, value }],
    }),
  };
}
