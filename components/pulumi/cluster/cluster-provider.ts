import * as kubernetes from "@pulumi/kubernetes";
import { type Input, type Output, secret } from "@pulumi/pulumi";
import { type ClusterLabel } from "./chosen-cluster";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { perProgram } from "../outputs";

type Key = Input<string> | undefined;

/** A program's providers, by the kubeconfig and the context that they were given, and how often names were used. */
const shared = perProgram(() => ({
  providers: new Map<Key, Map<Key, kubernetes.Provider>>(),
  names: new Map<string, number>(),
}));

/**
 * The provider of a user's RBAC objects: one for all users of the same kubeconfig and context, since it keeps the
 * kubeconfig in the state, 16 KB of it. Undefined when neither kubeconfig nor context is given: then the default
 * provider has the same cluster.
 *
 * It belongs to no user: when the user that came first is removed, the others keep theirs.
 */
export function clusterProvider(
  { kubeconfig, context }: KubernetesUserArgs,
  label: ClusterLabel | undefined,
  reduced: Output<string>,
): kubernetes.Provider | undefined {
  if (kubeconfig === undefined && context === undefined) {
    return undefined;
  }
  const { providers } = shared();
  const byContext = providers.get(kubeconfig) ?? new Map<Key, kubernetes.Provider>();
  providers.set(kubeconfig, byContext);
  const provider =
    byContext.get(context) ??
    new kubernetes.Provider(
      providerName(label?.address ?? context),
      { kubeconfig: secret(reduced) },
      // So that what stands in the state of an older version goes on.
      label === undefined ? {} : { aliases: [{ name: providerName(label.before) }] },
    );
  byContext.set(context, provider);
  return provider;
}

/**
 * Named after the cluster's address, so that a provider stays the same when users come and go (the objects of one that
 * went are deleted through it) and when somebody renames a context. Where the cluster is not known yet, or there are
 * several providers for one address, the order in the program decides.
 */
function providerName(label: Key): string {
  const { names } = shared();
  const base = typeof label === "string" ? `kubernetes-user-${label}` : "kubernetes-user";
  const uses = (names.get(base) ?? 0) + 1;
  names.set(base, uses);
  return uses === 1 ? base : `${base}-${uses}`;
}
