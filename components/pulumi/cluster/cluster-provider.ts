import * as kubernetes from "@pulumi/kubernetes";
import { type CustomResourceOptions, type Input, secret } from "@pulumi/pulumi";
import { KubernetesUserError, titleOf } from "../../core/errors";
import { type Host } from "../host";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { type WhenValid, perProgram } from "../outputs";
import { type ChosenCluster, type ClusterLabel } from "./chosen-cluster";

type Key = Input<string> | undefined;

/** A program's providers, by the kubeconfig and the context that they were given, and how often names were used. */
const shared = perProgram(() => ({
  providers: new Map<Key, Map<Key, kubernetes.Provider>>(),
  names: new Map<string, number>(),
  contents: new Map<string, string>(),
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
  { label, kubeconfig: reduced }: Pick<ChosenCluster, "label" | "kubeconfig">,
  whenValid: WhenValid,
  { knownText, isUnordered }: Pick<Host, "knownText" | "isUnordered">,
): kubernetes.Provider | undefined {
  if (kubeconfig === undefined && context === undefined) {
    return undefined;
  }
  const [key, contextKey] = [knownText(kubeconfig) ?? kubeconfig, knownText(context) ?? context];
  const { providers } = shared();
  const byContext = providers.get(key) ?? new Map<Key, kubernetes.Provider>();
  providers.set(key, byContext);
  const provider =
    byContext.get(contextKey) ??
    new kubernetes.Provider(
      label !== undefined && isUnordered ? nameByContent(user, label) : nameByOrder(label?.address ?? contextKey),
      // Where users come in any order, what one of them has wrong must not keep the others from it.
      { kubeconfig: secret(isUnordered ? reduced : whenValid(reduced)) },
      aliases(label, isUnordered),
    );
  byContext.set(contextKey, provider);
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

/** Where users come in any order, the address and the context that was chosen by name have to do. */
function nameByContent(user: string, { address, context, content }: ClusterLabel): string {
  const name = baseName(context === undefined ? address : `${address}-${context}`);
  const { contents } = shared();
  const taken = contents.get(name) ?? content;
  contents.set(name, taken);
  if (taken !== content) {
    throw new KubernetesUserError(
      "invalid-arguments",
      `${titleOf(user)}: kubeconfig: another user of this program reaches the cluster ${address} by another kubeconfig, and the two cannot be told apart by name. ` +
        "Give both users one kubeconfig, name a context in each, or pass a Kubernetes provider of your own.",
    );
  }
  return name;
}

/** So that what stands in the state of an older version, or was made by a program of another language, goes on. */
function aliases(label: ClusterLabel | undefined, isUnordered: boolean): CustomResourceOptions {
  if (label === undefined) {
    return {};
  }
  const { address, before, context } = label;
  const chosen = context === undefined ? [] : [isUnordered ? nameByOrder(address) : baseName(`${address}-${context}`)];
  // A TypeScript program does not know the address in an Output while it runs.
  const unnamed = isUnordered ? [nameByOrder(undefined)] : [];
  return { aliases: [nameByOrder(before), ...chosen, ...unnamed].map((name) => ({ name })) };
}

function baseName(label: string): string {
  return `kubernetes-user-${label}`;
}
