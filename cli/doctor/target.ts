import { ApiServer } from "../../components/cluster/connection/api-server";
import { type Proxy, proxyFor } from "../../components/cluster/connection/proxy";
import { type Api } from "../../components/cluster/kubernetes-client";
import { verificationKubeconfig } from "../../components/cluster/lifecycle/verification";
import { type AdminKubeconfig } from "../../components/core/kubeconfig/cluster";
import { requestTarget } from "../../components/core/kubeconfig/server-address";
import { formatKubeconfig, parseKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";

/** A certificate that was issued, with its key. Secret. */
export interface TestCredential {
  readonly username: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/** The cluster that is looked at, and ways to talk to it. */
export interface Target {
  readonly server: string;
  /** Whether the server has to prove who it is. */
  readonly verified: boolean;
  readonly proxy: Pick<Proxy, "title"> | undefined;
  /** With the credentials of the kubeconfig. */
  readonly admin: Api & Pick<ApiServer, "serverTime">;
  /** The same way without credentials. */
  readonly openAnonymous: () => Promise<Api>;
  /** The same way with a certificate. */
  readonly openAs: (credential: TestCredential) => Promise<Api>;
}

/** The cluster of a kubeconfig; nothing is sent yet. */
export async function targetOf(admin: AdminKubeconfig): Promise<Target> {
  const { kubeconfig, cluster } = admin;
  const document = parseKubeconfig(kubeconfig, "kubeconfig");
  const proxyUrl = document.clusters[0]?.value["proxy-url"];
  const url = typeof proxyUrl === "string" && proxyUrl !== "" ? proxyUrl : undefined;
  return {
    server: cluster.server,
    verified: cluster.insecureSkipTlsVerify !== true,
    proxy: proxyFor(requestTarget(cluster.server, "").url, url, process.env),
    admin: await ApiServer.open(kubeconfig),
    openAnonymous: () => {
      const contexts = document.contexts.map(({ name, value }) => ({ name, value: { cluster: value["cluster"] } }));
      return ApiServer.open(formatKubeconfig({ ...document, users: [], contexts }));
    },
    openAs: ({ username, certificate, privateKey }) =>
      ApiServer.open(verificationKubeconfig(admin, username, certificate, privateKey)),
  };
}
