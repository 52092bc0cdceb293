import { ApiServer } from "../../cluster/connection/api-server";
import { KubernetesClient, type RunContext } from "../../cluster/kubernetes-client";
import { verifyIdentity } from "../../cluster/whoami";
import { type CertificateState, isIssued } from "../../core/lifecycle/certificate-state";
import { type AdminKubeconfig, type Cluster } from "../../core/kubeconfig/cluster";
import { parseKubeconfig } from "../../core/kubeconfig/kubeconfig-document";
import { hasPassed } from "../../core/time";
import { userKubeconfig } from "../../core/kubeconfig/user-kubeconfig";
import { clusterOf } from "./certificate-issuance";
import { type EngineInputs } from "./certificate-signing-request-inputs";

/**
 * What the engine takes for a creation or an update that has failed but must not be lost: it saves the resource, shows
 * the reasons only, and the next run calls `update`.
 */
class PartialFailure extends Error {
  readonly id: string;
  readonly properties: object;
  readonly reasons: readonly string[];

  constructor(id: string, properties: object, reason: string) {
    super(reason);
    this.id = id;
    this.properties = properties;
    this.reasons = [reason];
  }
}

/** Tries the certificate out, once. What fails then must not lose it: the next run tries again. */
export async function verified(
  id: string,
  state: CertificateState,
  inputs: EngineInputs,
  run: RunContext,
): Promise<CertificateState> {
  const { username, groups, verify, privateKey, accessUntil } = inputs;
  const ended = accessUntil !== undefined && hasPassed(accessUntil);
  // While its successor is awaited, a certificate may be for other groups or another key than is declared now.
  if (!verify || !isIssued(state) || state.verified || state.openRequest !== undefined || ended) {
    return state;
  }
  if (privateKey === undefined) {
    run.report("the certificate was not tried out, because its key is only with its owner");
    return state;
  }
  const cluster = withProxyLogin(clusterOf(inputs));
  const { certificate } = state;
  try {
    const kubeconfig = userKubeconfig({ cluster, username, certificate, privateKey, namespace: undefined });
    await verifyIdentity(new KubernetesClient(await ApiServer.open(kubeconfig), run), { username, groups });
    return { ...state, verified: true };
  } catch (error) {
    // The SDK adds the provider's text to what succeeds only; without it the resource could not be deleted any more.
    const properties = { ...state, __provider: inputs.__provider };
    throw new PartialFailure(id, properties, error instanceof Error ? error.message : String(error));
  }
}

/** The cluster with the proxy's login, which is the administrator's and in no user's kubeconfig: tried out is from here. */
function withProxyLogin({ cluster, kubeconfig }: AdminKubeconfig): Cluster {
  const [entry] = parseKubeconfig(kubeconfig, "kubeconfig").clusters;
  const proxyUrl = entry?.value["proxy-url"];
  return typeof proxyUrl === "string" ? { ...cluster, proxyUrl } : cluster;
}
