import { type Cluster, clusterFingerprint } from "../../components/core/kubeconfig/cluster";
import { type DeclaredAccess } from "./access/declared-access";
import { fingerprintParts } from "./stack-certificates";

/** Which of the clusters in stacks the one is that a kubeconfig names. */
export interface ClusterMatch {
  /** What stacks call it: the address in the state; that of the kubeconfig where no stack knows the cluster. */
  readonly server: string;
  /** What makes this less than certain, as a sentence. */
  readonly doubt: string | undefined;
}

/**
 * Finds a cluster among those of stacks. Its certificate authority says more than its address: one cluster has many
 * addresses, such as those of a VPN or a tunnel, and an address may lead to another cluster tomorrow.
 */
export function matchCluster(
  cluster: Pick<Cluster, "server" | "certificateAuthorityData">,
  declared: readonly Pick<DeclaredAccess, "cluster" | "certificateAuthority">[],
): ClusterMatch {
  const { server } = cluster;
  const known = declared.filter(({ cluster }) => cluster !== undefined);
  const own = digestOf(cluster);
  const sameAddress = known.filter((one) => one.cluster === server);
  if (known.length === 0 || sameAddress.some(({ certificateAuthority }) => certificateAuthority === own)) {
    return { server, doubt: undefined };
  }
  // Who verifies servers by the system's store knows no cluster by it.
  const sameAuthority =
    own === digestOf({ server }) ? [] : known.filter(({ certificateAuthority }) => certificateAuthority === own);
  const [found, ...others] = new Set(sameAuthority.map(({ cluster }) => cluster));
  if (found !== undefined && others.length === 0) {
    return {
      server: found,
      doubt: `The cluster was asked at ${server}, which is not its address in the stack: both have one certificate authority.`,
    };
  }
  if (sameAddress.length === 0) {
    return {
      server,
      doubt: `The cluster that was asked, ${server}, is none of the stack's: the state has no cluster with its address, and not just one with its certificate authority. Choose the stack's cluster with --kubeconfig and --context.`,
    };
  }
  return {
    server,
    doubt: sameAddress.every(({ certificateAuthority }) => certificateAuthority === undefined)
      ? undefined
      : `The cluster that was asked, ${server}, has another certificate authority in the kubeconfig than in the state: it may be another cluster at the same address.`,
  };
}

function digestOf(cluster: Pick<Cluster, "server" | "certificateAuthorityData">): string | undefined {
  return fingerprintParts(clusterFingerprint({ name: "", ...cluster })).certificateAuthority;
}
