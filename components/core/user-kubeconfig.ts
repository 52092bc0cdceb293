import { type Cluster, clusterFields } from "./cluster";
import { formatKubeconfig } from "./kubeconfig-document";

/** What a user's kubeconfig is made of. */
export interface UserKubeconfigOptions {
  readonly cluster: Cluster;
  readonly username: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM. Undefined when the key is only with its owner. */
  readonly privateKey: string | undefined;
  /** Namespace that kubectl uses when none is given. */
  readonly namespace: string | undefined;
}

/**
 * A kubeconfig with one cluster, user and context. Names say user and cluster, so that the files of several clusters
 * can be merged. Address and authority are the administrator's own: on several distributions the authority that signs
 * clients is not the one that signs the server.
 */
export function userKubeconfig({
  cluster,
  username,
  certificate,
  privateKey,
  namespace,
}: UserKubeconfigOptions): string {
  const name = entryName(username, cluster);
  const text = formatKubeconfig({
    clusters: [{ name: cluster.name, value: clusterFields(cluster) }],
    users: [
      {
        name,
        value: {
          "client-certificate-data": base64(certificate),
          ...(privateKey === undefined ? {} : { "client-key-data": base64(privateKey) }),
        },
      },
    ],
    contexts: [
      { name, value: { cluster: cluster.name, user: name, ...(namespace === undefined ? {} : { namespace }) } },
    ],
    currentContext: name,
  });
  return privateKey === undefined ? keylessComment + text : text;
}

/** Name of the user and of the context in a user's kubeconfig. */
export function entryName(username: string, cluster: Cluster): string {
  return `${username}@${cluster.name}`;
}

const wholeCluster: Required<Cluster> = {
  name: "",
  server: "",
  certificateAuthorityData: "",
  insecureSkipTlsVerify: true,
  tlsServerName: "",
  proxyUrl: "",
  disableCompression: true,
};

/** What the entries of a kubeconfig without a key hold. */
const keylessFields: Readonly<Record<"cluster" | "user" | "context", readonly string[]>> = {
  cluster: Object.keys(clusterFields(wholeCluster)),
  user: ["client-certificate-data"],
  context: ["cluster", "user", "namespace"],
};

/** The names of an entry's fields that no {@link userKubeconfig} without a key has, such as `exec`. */
export function foreignFields(kind: keyof typeof keylessFields, value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((field) => !keylessFields[kind].includes(field));
}

/** How the comment in a kubeconfig without a key begins. */
export const keylessRemark = "The private key is only with its owner";

/** Nothing of names in it: what others chose could end the comment. */
const keylessComment = `# ${keylessRemark}, who adds it with: kubernetes-user kubeconfig THIS-FILE --key KEY-FILE\n`;

function base64(pem: string): string {
  return Buffer.from(pem).toString("base64");
}
