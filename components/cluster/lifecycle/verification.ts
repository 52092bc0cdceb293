import { type AdminKubeconfig, type Cluster } from "../../core/kubeconfig/cluster";
import { parseKubeconfig } from "../../core/kubeconfig/kubeconfig-document";
import { userKubeconfig } from "../../core/kubeconfig/user-kubeconfig";
import { type CertificateState, type IssuedState } from "../../core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../core/lifecycle/declaration";
import { timeOf } from "../../core/time";
import { type KubernetesClient } from "../kubernetes-client";
import { verifyIdentity } from "../whoami";

/** Whether a certificate is to be tried out, and how. */
export type Verification =
  | { readonly kind: "none" }
  | { readonly kind: "impossible"; readonly reason: string }
  | {
      readonly kind: "possible";
      readonly state: IssuedState;
      /** Asks the cluster who the credential is, as its user. */
      readonly verify: (
        admin: AdminKubeconfig,
        clientOf: (kubeconfig: string) => Promise<KubernetesClient>,
      ) => Promise<void>;
    };

/** Whether the certificate of a state is to be tried out, which is done once, and how. */
export function verification(
  state: CertificateState,
  { username, groups, verify, privateKey, accessUntil }: CertificateDeclaration,
  now: number,
): Verification {
  const ended = accessUntil !== undefined && timeOf(accessUntil) <= now;
  // While its successor is awaited, a certificate may be for other groups or another key than is declared now.
  if (!verify || state.phase !== "issued" || state.verified || state.openRequest !== undefined || ended) {
    return { kind: "none" };
  }
  if (privateKey === undefined) {
    return { kind: "impossible", reason: "the certificate was not verified, because only its owner has the key" };
  }
  const { certificate } = state;
  return {
    kind: "possible",
    state,
    verify: async (admin, clientOf) => {
      const cluster = withProxyLogin(admin);
      const kubeconfig = userKubeconfig({ cluster, username, certificate, privateKey, namespace: undefined });
      await verifyIdentity(await clientOf(kubeconfig), { username, groups });
    },
  };
}

/** The cluster with the proxy's login, which is the administrator's and in no user's kubeconfig: tried out is from here. */
function withProxyLogin({ cluster, kubeconfig }: AdminKubeconfig): Cluster {
  const [entry] = parseKubeconfig(kubeconfig, "kubeconfig").clusters;
  const proxyUrl = entry?.value["proxy-url"];
  return typeof proxyUrl === "string" ? { ...cluster, proxyUrl } : cluster;
}
