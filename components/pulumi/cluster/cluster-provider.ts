import * as kubernetes from "@pulumi/kubernetes";
import { type Input, secret } from "@pulumi/pulumi";
import { KubernetesUserError, titleOf } from "../../core/errors";
import { type Host } from "../host";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { type WhenValid, perProgram } from "../outputs";
import { type ChosenCluster, type ClusterLabel } from "./chosen-cluster";

type Key = Input<string> | undefined;

/**
 * A program's providers, by the kubeconfig and the context that they were given, and how often names were used; those of
 * users who come in any order, by their names.
 */
const shared = perProgram(() => ({
  providers: new Map<Key, Map<Key, kubernetes.Provider>>(),
  names: new Map<string, number>(),
  named: new Map<string, { readonly provider: kubernetes.Provider; readonly content: string | undefined }>(),
}));

/**
 * The provider of a user's RBAC objects: one for all users of the same kubeconfig and context, since it keeps the
 * kubeconfig in the state, 16 KB of it. Undefined when neither kubeconfig nor context is given: then the default
 * provider has the same cluster.
 *
 * It belongs to no user: when the user that came first is removed, the others keep theirs.
 *
 * @throws KubernetesUserError `invalid-arguments` where a name cannot tell two providers apart.
 */
export function clusterProvider(
  user: string,
  { kubeconfig, context }: KubernetesUserArgs,
  cluster: Pick<ChosenCluster, "label" | "kubeconfig">,
  whenValid: WhenValid,
  { isUnordered }: Pick<Host, "isUnordered">,
): kubernetes.Provider | undefined {
  if (kubeconfig === undefined && context === undefined) {
    return undefined;
  }
  if (isUnordered) {
    return providerByContent(user, cluster);
  }
  const { label } = cluster;
  const { providers } = shared();
  const byContext = providers.get(kubeconfig) ?? new Map<Key, kubernetes.Provider>();
  providers.set(kubeconfig, byContext);
  const provider =
    byContext.get(context) ??
    new kubernetes.Provider(
      nameByOrder(label?.address ?? context),
      { kubeconfig: secret(whenValid(cluster.kubeconfig)) },
      // So that what stands in the state of an older version goes on.
      label === undefined ? {} : { aliases: [{ name: nameByOrder(label.before) }] },
    );
  byContext.set(context, provider);
  return provider;
}

/**
 * Named after the cluster's address, so that a provider stays the same when users come and go (the objects of one that
 * went are deleted through it) and when somebody renames a context. Where the cluster is not known yet, or there are
 * several providers for one address, the order in the program decides.
 */
function nameByOrder(label: Key): string {
  const { names } = shared();
  const base = typeof label === "string" ? baseName(label) : "kubernetes-user";
  const uses = (names.get(base) ?? 0) + 1;
  names.set(base, uses);
  return uses === 1 ? base : `${base}-${uses}`;
}

/**
 * Where users come in any order, the address and the context that was chosen by name have to tell providers apart. They
 * have no aliases: one could be another provider's name. What one user has wrong does not keep the others from it.
 */
function providerByContent(
  user: string,
  { label, kubeconfig }: Pick<ChosenCluster, "label" | "kubeconfig">,
): kubernetes.Provider {
  const name = nameByContent(label);
  const content = label?.content;
  const { named } = shared();
  const known = named.get(name);
  if (known !== undefined && known.content !== content) {
    throw new KubernetesUserError(
      "invalid-arguments",
      `${titleOf(user)}: kubeconfig: another user of this program reaches the cluster ${label?.address ?? ""} by another kubeconfig, and the two cannot be told apart by name. ` +
        "Give both users one kubeconfig, name a context in each, or pass a Kubernetes provider of your own.",
    );
  }
  const provider = known?.provider ?? new kubernetes.Provider(name, { kubeconfig: secret(kubeconfig) });
  named.set(name, { provider, content });
  return provider;
}

/** In a preview that does not know their clusters yet, all share one. */
function nameByContent(label: ClusterLabel | undefined): string {
  if (label === undefined) {
    return "kubernetes-user";
  }
  const { address, context } = label;
  return baseName(context === undefined ? address : `${address}-${context}`);
}

function baseName(label: string): string {
  return `kubernetes-user-${label}`;
}
