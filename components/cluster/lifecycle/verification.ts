import { type AdminKubeconfig, type Cluster } from "../../core/kubeconfig/cluster";
import { parseKubeconfig } from "../../core/kubeconfig/kubeconfig-document";
import { userKubeconfig } from "../../core/kubeconfig/user-kubeconfig";
import { type CertificateState, type IssuedState } from "../../core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../core/lifecycle/declaration";
import { timeOf } from "../../core/time";

/** Whether the certificate of a state is still to be tried out, which is done once. */
export function isToBeVerified(
  state: CertificateState,
  { verify, accessUntil }: CertificateDeclaration,
  now: number,
): state is IssuedState {
  const ended = accessUntil !== undefined && timeOf(accessUntil) <= now;
  // While its successor is awaited, a certificate may be for other groups or another key than is declared now.
  return verify && state.phase === "issued" && !state.verified && state.openRequest === undefined && !ended;
}

/** The kubeconfig with which the certificate is tried out, from where the administrator is. */
export function verificationKubeconfig(
  admin: AdminKubeconfig,
  username: string,
  certificate: string,
  privateKey: string,
): string {
  return userKubeconfig({ cluster: withProxyLogin(admin), username, certificate, privateKey, namespace: undefined });
}

/** The cluster with the proxy's login, which is the administrator's and in no user's kubeconfig. */
function withProxyLogin({ cluster, kubeconfig }: AdminKubeconfig): Cluster {
  const [entry] = parseKubeconfig(kubeconfig, "kubeconfig").clusters;
  const proxyUrl = entry?.value["proxy-url"];
  return typeof proxyUrl === "string" ? { ...cluster, proxyUrl } : cluster;
}
