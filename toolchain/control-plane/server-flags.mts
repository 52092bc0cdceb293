import type { PkiFiles } from "./pki.mts";

/**
 * The controllers that matter where no pods run. Each of them costs start-up time.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
const controllers: readonly string[] = [
  "certificatesigningrequest-approving-controller",
  "certificatesigningrequest-cleaner-controller",
  "certificatesigningrequest-signing-controller",
  "clusterrole-aggregation-controller",
  "garbage-collector-controller",
  "namespace-controller",
  "root-ca-certificate-publisher-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
];

/** etcd's flags. It listens on Unix sockets alone, which only the folder's owner can reach. */
export function etcdFlags(options: {
  readonly data: string;
  readonly socket: string;
  readonly peers: string;
}): string[] {
  // etcd insists on a host and port to advertise; with one member nobody ever calls them.
  const unused = "http://127.0.0.1:1";
  return [
    `--data-dir=${options.data}`,
    `--listen-client-urls=unix://${options.socket}`,
    `--listen-peer-urls=unix://${options.peers}`,
    `--advertise-client-urls=${unused}`,
    `--initial-advertise-peer-urls=${unused}`,
    `--initial-cluster=default=${unused}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

/** kube-apiserver's flags. */
export function apiServerFlags(options: {
  readonly socket: string;
  readonly port: number;
  readonly files: PkiFiles;
}): string[] {
  const { files } = options;
  return [
    `--etcd-servers=unix://${options.socket}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${String(options.port)}`,
    "--endpoint-reconciler-type=none",
    // Without a bound of their own, watches would hold up the end of the server for a minute.
    "--shutdown-watch-termination-grace-period=50ms",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--authorization-mode=RBAC",
    `--tls-cert-file=${files.serving}`,
    `--tls-private-key-file=${files.servingKey}`,
    `--client-ca-file=${files.clientCa}`,
    `--token-auth-file=${files.tokens}`,
    `--requestheader-client-ca-file=${files.frontProxyCa}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${files.frontProxy}`,
    `--proxy-client-key-file=${files.frontProxyKey}`,
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
  ];
}

/** kube-controller-manager's flags. Without a signer it has no authority to sign with, as on EKS. */
export function controllerManagerFlags(options: {
  readonly kubeconfig: string;
  readonly files: PkiFiles;
  readonly signer: boolean;
  readonly signingDuration?: string | undefined;
}): string[] {
  const { files, signer, signingDuration } = options;
  return [
    `--kubeconfig=${options.kubeconfig}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--use-service-account-credentials",
    `--controllers=${controllers.join(",")}`,
    `--root-ca-file=${files.servingCa}`,
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    ...(signer
      ? [`--cluster-signing-cert-file=${files.clientCa}`, `--cluster-signing-key-file=${files.clientCaKey}`]
      : []),
    ...(signer && signingDuration !== undefined ? [`--cluster-signing-duration=${signingDuration}`] : []),
  ];
}
