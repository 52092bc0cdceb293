import { type AdminKubeconfig, type Cluster } from "../../core/kubeconfig/cluster";
import { parseKubeconfig } from "../../core/kubeconfig/kubeconfig-document";
import { userKubeconfig } from "../../core/kubeconfig/user-kubeconfig";
import { type CertificateState, type IssuedState } from "../../core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../core/lifecycle/declaration";
import { type Identity } from "../../core/options/identity";
import { timeOf } from "../../core/time";
import { type Api, KubernetesClient, type RunContext } from "../kubernetes-client";
import { adminOf } from "./declared-admin";

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

/** How a certificate is tried out. */
export interface Trial {
  /** Connects to the cluster that a kubeconfig names. */
  readonly connect: (kubeconfig: string) => Promise<Api>;
  readonly run: RunContext;
}

/** Asks the cluster something with a user's certificate. */
export async function asUser<T>(
  declared: CertificateDeclaration & { readonly privateKey: string },
  certificate: string,
  { connect, run }: Trial,
  ask: (client: KubernetesClient, expected: Identity) => Promise<T>,
): Promise<T> {
  const { username, groups, privateKey } = declared;
  const api = await connect(verificationKubeconfig(adminOf(declared), username, certificate, privateKey));
  try {
    return await ask(new KubernetesClient(api, run), { username, groups });
  } finally {
    api.close();
  }
}

/** The cluster with the proxy's login, which is the administrator's and in no user's kubeconfig. */
function withProxyLogin({ cluster, kubeconfig }: AdminKubeconfig): Cluster {
  const [entry] = parseKubeconfig(kubeconfig, "kubeconfig").clusters;
  const proxyUrl = entry?.value["proxy-url"];
  return typeof proxyUrl === "string" ? { ...cluster, proxyUrl } : cluster;
}
