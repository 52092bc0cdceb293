import * as kubernetes from "@pulumi/kubernetes";
import { type Input, type Output, secret } from "@pulumi/pulumi";
import { type KubernetesUserArgs } from "./kubernetes-user-args";
import { perProgram } from "./per-program";

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
  reduced: Output<string>,
): kubernetes.Provider | undefined {
  if (kubeconfig === undefined && context === undefined) {
    return undefined;
  }
  const { providers } = shared();
  const byContext = providers.get(kubeconfig) ?? new Map<Key, kubernetes.Provider>();
  providers.set(kubeconfig, byContext);
  const provider =
    byContext.get(context) ?? new kubernetes.Provider(providerName(context), { kubeconfig: secret(reduced) });
  byContext.set(context, provider);
  return provider;
}

/** Named by order, in which programs rarely change; a context that is known makes the name say more. */
function providerName(context: Key): string {
  const { names } = shared();
  const base = typeof context === "string" ? `kubernetes-user-${context}` : "kubernetes-user";
  const uses = (names.get(base) ?? 0) + 1;
  names.set(base, uses);
  return uses === 1 ? base : `${base}-${uses}`;
}
